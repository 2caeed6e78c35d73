import { type Client, type ClientCapabilities, ProtocolError } from '@modelcontextprotocol/client';

/** What the client of verbs says that it can do: servers list some tools only to clients that they could ask. */
export const clientOffers: ClientCapabilities = {
  roots: {},
  sampling: {},
  elicitation: { form: {}, url: {} },
};

/** A user who says no (2025-11-25, sampling, error handling). */
const REJECTED = -1;

/** The same of who makes calls: there is no browser, and whoever declines to open a page gives an approval up. */
export const callerOffers: ClientCapabilities = { ...clientOffers, elicitation: { form: {} } };

/** Nobody is there to be asked, so each question gets the answer that gives nothing. */
export function refuseQuestions(client: Client): void {
  client.setRequestHandler('roots/list', () => ({ roots: [] }));
  client.setRequestHandler('elicitation/create', () => ({ action: 'decline' as const }));
  client.setRequestHandler('sampling/createMessage', () => {
    throw new ProtocolError(REJECTED, 'sallyport has no model to ask');
  });
}
