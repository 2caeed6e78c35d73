import type { SecretKind } from './mark.ts';
import { tokenMark } from './token-mark.ts';

/** Keys of providers of language models: OpenAI, Anthropic, Hugging Face, Groq, xAI, Perplexity, Replicate and others. */
export const aiKey: SecretKind = {
  name: 'ai-key',
  needs: { length: 23, characters: '_-' },
  marks: [
    // Anthropic, OpenAI, OpenRouter and DeepSeek: `sk-`, a purpose, and the key.
    tokenMark('sk-', '(?:[a-z0-9]{2,10}-){0,3}[\\w-]{20,260}', { isReal: isKey }),
    tokenMark('hf_', '[A-Za-z0-9]{30,60}'),
    tokenMark('api_org_', '[A-Za-z0-9]{30,60}'),
    tokenMark('gsk_', '[A-Za-z0-9]{40,80}'),
    tokenMark('xai-', '[A-Za-z0-9]{60,120}'),
    tokenMark('pplx-', '[A-Za-z0-9]{40,80}'),
    tokenMark('r8_', '[A-Za-z0-9]{37}'),
    tokenMark('fw_', '[A-Za-z0-9]{22,40}'),
    tokenMark('nvapi-', '[\\w-]{60,100}'),
    tokenMark('lsv2_', '(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}'),
    tokenMark('pcsk_', '[A-Za-z0-9_]{40,100}'),
    tokenMark('sess-', '[A-Za-z0-9]{40}'),
    tokenMark('tgp_v1_', '[\\w-]{40,80}'),
    tokenMark('jina_', '[A-Za-z0-9_-]{50,80}'),
    tokenMark('pa-', '[A-Za-z0-9_-]{43}(?![\\w-])'),
    tokenMark('tvly-', '(?:dev-|prod-)?[A-Za-z0-9]{32}'),
  ],
};

/** Names of CSS classes and packages (`sk-loading-spinner-dots`) begin like that as well. */
function isKey(body: string): boolean {
  const longest = body.split(/[-_]/).reduce((most, part) => Math.max(most, part.length), 0);
  return longest >= 8 && /\d/.test(body) && (/[A-Z]/.test(body) || /[0-9a-f]{20}/.test(body));
}
