import { plainText } from './hidden-characters.ts';

// Texts that speak to the model instead of describing the tool. Each pattern is about one way of doing so, taken from
// published attacks (docs/pinning.md). They look at plain lower-case text with single spaces, and every repetition in
// them is bounded, so that the time is linear in the length of the text.

const some = (most: number) => `(?:[\\w'\`".,-]{1,40} ){0,${most}}`;
const pattern = (source: string) => new RegExp(source);

const FILES = [
  '~/\\.(?:ssh|aws|gnupg|netrc|npmrc|docker/config|kube/config|cursor|claude|config/gcloud)',
  '\\.ssh/|\\.aws/credentials|\\bid[_ ](?:rsa|dsa|ecdsa|ed25519)\\b|/etc/(?:passwd|shadow)',
  '\\bmcp\\.json|claude_desktop_config|\\.bash_history|\\.zsh_history|(?:^|[ /`"\'])\\.env\\b',
].join('|');
const INSTRUCTIONS =
  'instructions?|prompts?|rules|guidelines|directives?|messages|context|polic(?:y|ies)|tools';
const SECRET = [
  'passwords?|credentials|secrets?|(?:api |access |private |ssh )?keys?|tokens?',
  'contents?|conversations?|history|everything|environment variables',
].join('|');
const HIDDEN_CONTEXT =
  'conversation history|(?:entire|full|whole) conversation|chat history|system prompt|chain[ -]of[ -]thought|previous messages';

const patterns: readonly (readonly [string, RegExp])[] = [
  [
    'tells the model to set instructions aside',
    pattern(
      `\\b(?:ignore|disregard|forget|override|bypass) ${some(3)}(?:previous|prior|above|earlier|preceding|other|existing|system|safety|original|all|your) ${some(2)}(?:${INSTRUCTIONS})\\b`,
    ),
  ],
  [
    'tells the model to keep something from the user',
    pattern(
      `\\b(?:do not|don't|never|must not|should not|shouldn't|without|avoid|refrain from) ${some(2)}(?:tell|telling|mention|mentioning|inform|informing|reveal|revealing|disclose|disclosing|alert|alerting|let) ${some(4)}(?:users?|humans?|operator|anyone|customer)\\b`,
    ),
  ],
  [
    'tells the model to keep something from the user',
    pattern(
      `\\b(?:do not|don't|never|must not) (?:mention|reveal|disclose|tell|say|report) ${some(4)}(?:that you|these instructions|this (?:instruction|requirement|step|to)|about this|the notice)`,
    ),
  ],
  [
    'tells the model to keep something from the user',
    pattern(
      `\\b(?:secretly|covertly|surreptitiously)\\b|\\bwithout (?:the |their )?(?:user|human)'?s? (?:knowledge|knowing|noticing|consent|awareness)\\b|\\b(?:hide|keep|conceal) ${some(3)}(?:secret |hidden )?from (?:the |your )?(?:user|human)`,
    ),
  ],
  [
    'has tags that look like a system message',
    pattern(
      '</?(?:important|system|instructions?|secret|hidden|admin|critical|assistant|override|sys)(?: [^>]{0,80})?>|<\\|[a-z_]{1,20}\\|>|<</?sys>>|\\[/?(?:inst|sys|system)\\]|<!-- ?(?:system|instructions?|important|hidden|ai|llm|note to)|###? ?(?:system|instructions?):|\\[(?:hidden|system (?:message|prompt|override|note))[^\\]]{0,80}\\]|\\bimportant system (?:instruction|message|note)',
    ),
  ],
  [
    'says what to do when other things are done',
    pattern(
      `\\b(?:before|after|when(?:ever)?|while|prior to|each time|every time|any time) (?:you |the user )?(?:us(?:e|es|ing)|call(?:s|ing)?|invok(?:e|es|ing)|run(?:s|ning)?|execut(?:e|es|ing)|send(?:s|ing)?|respond(?:s|ing)?|answer(?:s|ing)?) ${some(6)}(?:you )?(?:must|always|first|have to|need to|are required to|read|bcc)\\b`,
    ),
  ],
  [
    'orders the use of another tool',
    pattern(
      `\\b(?:always|must|first|have to|required to|need to) ${some(2)}(?:call|use|invoke|run|execute) ${some(1)}[\`'"]?[a-z0-9]{1,40}[_-][a-z0-9_-]{1,60}`,
    ),
  ],
  [
    'changes how another tool is used',
    pattern(
      `\\b(?:change|replace|modify|swap|rewrite) ${some(2)}(?:recipient|destination|address|phone number)s? ${some(3)}(?:to|with)\\b|\\ball ${some(3)}(?:messages?|e-?mails?|requests|data|conversations?|queries) ${some(3)}(?:must|have to|need to|should|shall) ${some(2)}be (?:sent|forwarded|routed|copied|proxied)`,
    ),
  ],
  [
    'asks for files that hold secrets',
    pattern(
      `\\b(?:read|reading|open|cat|load|include|pass|send|fetch|access|provide|upload|copy|extract|contents? of|append)\\b.{0,80}?(?:${FILES})`,
    ),
  ],
  [
    'asks to send data away',
    pattern(
      `\\b(?:send|forward|post|upload|transmit|e-?mail|leak|report|append|submit|exfiltrate) ${some(6)}(?:${SECRET}) ${some(5)}(?:to|at) (?:https?://|[\\w.+-]{1,64}@|attacker)|\\bexfiltrat|\\b(?:always|also|must|silently) (?:bcc|cc|forward|copy|send)\\b.{0,80}?[\\w.+-]{1,64}@`,
    ),
  ],
  [
    'asks for what the model knows beside the call',
    pattern(
      `\\b(?:pass|include|provide|put|insert|append|add|fill|reveal|print|repeat|output|return) ${some(5)}(?:${HIDDEN_CONTEXT})\\b`,
    ),
  ],
  [
    'threatens or appeals',
    pattern(
      `\\botherwise,? (?:the|this) tool (?:will not|won't|does not|doesn't|can ?not|fails|will fail)|\\bthis is (?:an? )?(?:required|mandatory) (?:security|compliance|system)\\b|\\bthe user has (?:already )?(?:consented|agreed|approved|authori[sz]ed)`,
    ),
  ],
  [
    'speaks to the model',
    pattern(
      `\\byou are (?:now )?(?:an? |the )?(?:${some(1)})?(?:ai|assistant|language model|llm|agent)\\b|\\b(?:dear|attention|note to|instructions? for) (?:the )?(?:ai|assistant|llm|language model|agent|model)s?\\b|\\bnew instructions?:`,
    ),
  ],
];

/** Base64 of 48 bytes and more, which says nothing to a reader. */
const BASE64 = /[A-Za-z0-9+/_-]{64,}={0,2}/g;

/**
 * Why a text reads like an instruction to a model; undefined where it does not. The words of a name without spaces
 * (`ignore_all_rules`) are read as words.
 */
export function instructionIn(text: string): string | undefined {
  const plain = plainText(/\s/.test(text) ? text : text.replace(/[_-]+/g, ' '));
  const found = patterns.find(([, one]) => one.test(plain));
  if (found) return found[0];
  for (const [blob] of text.matchAll(BASE64)) {
    if (/[A-Z]/.test(blob) && /[a-z]/.test(blob) && /\d/.test(blob)) return 'has encoded content';
  }
  return undefined;
}
