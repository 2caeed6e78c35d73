/** How exchanges look to people: what `sallyport transcripts` prints, for others to print as well. */
export { type DescribeOptions, describeExchange } from './transcripts/describe.ts';
export { exchangeLine, type LineOptions } from './transcripts/line.ts';
