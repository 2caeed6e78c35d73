import type { SecretKind } from './mark.ts';
import { tokenMark } from './token-mark.ts';

const prefixes = ['sk_live_', 'sk_test_', 'sk_prod_', 'rk_live_', 'rk_test_', 'rk_prod_'];

/** Secret and restricted keys of Stripe, and signing secrets of its webhooks; publishable keys are public. */
export const stripeKey: SecretKind = {
  name: 'stripe-key',
  needs: { length: 18, characters: '_' },
  marks: [
    ...prefixes.map((word) => tokenMark(word, '[A-Za-z0-9]{10,250}')),
    tokenMark('sk_org_', '(?:live|test)_[A-Za-z0-9]{10,250}'),
    tokenMark('whsec_', '[A-Za-z0-9+/]{24,100}={0,2}'),
  ],
};
