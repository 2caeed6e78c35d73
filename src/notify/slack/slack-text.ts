/** Text that Slack shows as it is: escapes the three characters that its markup begins with. */
export function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
