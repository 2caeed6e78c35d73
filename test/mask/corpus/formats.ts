import type { Draw } from './draw.ts';
import { fill, join, type Piece, type Slots } from './labelled.ts';
import { idsOf, nationalIds } from './national-ids.ts';
import { sentences } from './sentences.ts';
import { namedSecret } from './slots.ts';
import { BRACE, codeLines, forms, formsIn, logLines, plainSettings, records } from './templates.ts';

type Write = (draw: Draw, slots: Slots) => readonly Piece[];

const restore = (piece: Piece): Piece => ({ ...piece, text: piece.text.replaceAll(BRACE, '{') });

function paragraph(draw: Draw, slots: Slots, length: number): Piece {
  const { telling, harmless } = sentences[draw.country];
  const pieces = Array.from({ length }, () =>
    fill(draw.one(draw.chance(0.45) ? telling : harmless), slots),
  );
  return join(pieces, draw.country === 'ja' ? '' : ' ');
}

const repeat = (count: number, make: () => Piece, between = '\n') =>
  join(Array.from({ length: count }, make), between);

const prose: Write = (draw, slots) => [
  repeat(draw.int(1, 4), () => paragraph(draw, slots, draw.int(2, 6)), '\n\n'),
];

const mail: Write = (draw, slots) => {
  const { greetings, closings } = sentences[draw.country];
  const head = draw.one([
    'From: {name} <{email}>\nTo: {name} <{email}>\nDate: {stamp}\nMessage-ID: <{requestid}@mail>\nSubject: {product} {version}',
    'From: {email}\nTo: support@\nSubject: Re: {ticket}',
    'Subject: {order}',
  ]);
  return [
    join(
      [
        fill(head, slots),
        fill(draw.one(greetings), slots),
        paragraph(draw, slots, draw.int(1, 4)),
        fill(draw.one(closings), slots),
      ],
      '\n\n',
    ),
  ];
};

const chat: Write = (draw, slots) => {
  const { telling, harmless } = sentences[draw.country];
  return [
    repeat(draw.int(3, 9), () => {
      const said = fill(draw.one(draw.chance(0.4) ? telling : harmless), slots);
      const head = draw.one([
        '[{time}] {name}: ',
        '{name} ({time}): ',
        '<bot> ',
        '[{time}] system: ',
        '> ',
      ]);
      return join([fill(head, slots), said], '');
    }),
  ];
};

const rows: Write = (draw, slots) => {
  const record = draw.one(records);
  const withId = draw.chance(0.2);
  return Array.from({ length: draw.int(1, 4) }, () => {
    const pieces = Object.entries(record).map(([field, template]) => fill(template, slots, field));
    return withId ? [...pieces, idField(draw, slots)] : pieces;
  }).flat();
};

/** A national number in a field that is called after it. */
function idField(draw: Draw, slots: Slots): Piece {
  const name = draw.one(idsOf[draw.country]);
  return fill(`{id:${name}}`, slots, draw.one(nationalIds[name]?.fields ?? ['id_number']));
}

/** The same records as JSON in a text: cut off, in lines, or in a log. */
const jsonText: Write = (draw, slots) => {
  const record = draw.one(records);
  const line = () =>
    join(
      [
        fill(draw.one([BRACE, `{iso} INFO row=${BRACE}`, `${BRACE}"data":[${BRACE}`]), slots),
        join(
          Object.entries(record).map(([field, template]) =>
            fill(`"${field}":"${template}"`, slots),
          ),
          ',',
        ),
      ],
      '',
    );
  return [restore(repeat(draw.int(1, 4), () => join([line(), fill('}', slots)], '')))];
};

const TABLES: readonly (readonly string[])[] = records.map((record) =>
  Object.entries(record).flat(),
);

function columns(draw: Draw): { head: string[]; cells: string[] } {
  const table = draw.one(
    TABLES.filter((flat) => !flat.includes('{address}') && !flat.includes('{image}')),
  );
  return {
    head: table.filter((_, index) => index % 2 === 0),
    cells: table.filter((_, index) => index % 2 === 1),
  };
}

const csv: Write = (draw, slots) => {
  const { head, cells } = columns(draw);
  const join = draw.one([',', ';', '\t']);
  const commas = /dob|street|name|price|coordinates|place|company|last-first|message/;
  const all = draw.chance(0.3);
  const quoted = (cell: string) =>
    join === ',' && (all || commas.test(cell)) ? `"${cell}"` : cell;
  const row = cells.map(quoted).join(join);
  return [
    restore(
      withHead(
        head.join(join),
        repeat(draw.int(3, 12), () => fill(row, slots)),
      ),
    ),
  ];
};

const markdownTable: Write = (draw, slots) => {
  const { head, cells } = columns(draw);
  const first = `| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`;
  return [
    withHead(
      first,
      repeat(draw.int(2, 10), () => fill(`| ${cells.join(' | ')} |`, slots)),
    ),
  ];
};

const sqlResult: Write = (draw, slots) => {
  const { head, cells } = columns(draw);
  const first = ` ${head.join(' | ')}\n${head.map((name) => '-'.repeat(name.length + 2)).join('+')}`;
  return [
    withHead(
      first,
      repeat(draw.int(2, 10), () => fill(` ${cells.join(' | ')}`, slots)),
    ),
  ];
};

function withHead(head: string, body: Piece): Piece {
  return join([{ text: head, labels: [] }, body], '\n');
}

const log: Write = (draw, slots) => [
  repeat(draw.int(4, 14), () => fill(draw.one(logLines), slots)),
];

function settings(draw: Draw, slots: Slots, write: (name: string, value: string) => string): Piece {
  const body = repeat(draw.int(4, 10), () => {
    if (draw.chance(0.6)) return fill(write(...draw.one(plainSettings)), slots);
    if (draw.chance(0.5)) {
      const { name, slot } = namedSecret(draw);
      return fill(write(name, `{${slot}}`), slots);
    }
    const [name, value] = draw.one([
      ['database_url', '{secret:database-url}'],
      ['aws_access_key_id', '{secret:aws-access-key}'],
      ['github_token', '{secret:github-token}'],
      ['openai_api_key', '{secret:openai-key}'],
      ['stripe', '{secret:stripe-key}'],
      ['value', '{secret}'],
      ['admin_email', '{email}'],
      ['allow_from', '{ip}'],
    ] as const);
    return fill(write(name, value), slots);
  });
  return restore(body);
}

const yaml: Write = (draw, slots) => [
  settings(draw, slots, (name, value) => `  ${name}: ${draw.chance(0.5) ? `"${value}"` : value}`),
];
const env: Write = (draw, slots) => [
  settings(draw, slots, (name, value) => {
    const exported = draw.chance(0.2) ? 'export ' : '';
    return `${exported}${name.toUpperCase()}=${draw.chance(0.3) ? `"${value}"` : value}`;
  }),
];

const code: Write = (draw, slots) => [
  repeat(draw.int(4, 12), () => fill(draw.one(codeLines), slots)),
];

const lockFile: Write = (draw, slots) =>
  [
    repeat(draw.int(3, 9), () =>
      fill(
        `"node_modules/{word}": ${BRACE}\n  "version": "{version}",\n  "resolved": "https://registry.npmjs.org/{word}/-/{word}-{version}.tgz",\n  "integrity": "{integrity}"\n},`,
        slots,
      ),
    ),
  ].map(restore);

const binary: Write = (draw, slots) => [
  fill(
    draw.one([
      '{hexdump}',
      'image: {image}',
      '{blob}\n{blob}',
      '{git} {sha256} {md5}',
      '{mac-like}\n{mac-like}',
    ]),
    slots,
  ),
];

/** Secrets of providers where they are found: pasted into text, a file or a field. */
const pasted: Write = (draw, slots) => {
  const places: readonly (readonly [string, string?])[] = [
    ['{secret}'],
    ['Here is the key:\n{secret}\nDo not share it.'],
    ['{secret}', 'value'],
    ['{secret}', 'stdout'],
    ['key={secret}&user={uuid}'],
    ['- name: KEY\n  value: {secret}'],
    ['$ cat key.txt\n{secret}\n$ ls\n{slug}  {word}.txt'],
    ['"{secret}", "{uuid}"'],
  ];
  const [template, field] = draw.one(places);
  return [fill(template, slots, field)];
};

const form: Write = (draw, slots) => {
  const lines = draw.one(draw.chance(0.5) ? forms : (formsIn[draw.country] ?? forms));
  return [
    join(
      lines.map((line) => fill(line, slots)),
      '\n',
    ),
  ];
};

/** Lists of what a registry or a vault holds. */
const registry: Write = (draw, slots) => [
  repeat(draw.int(4, 12), () =>
    fill(draw.one(['{any-id}', '{any-id} ({date})', '- {any-id}']), slots),
  ),
];
const vault: Write = (draw, slots) => [
  repeat(draw.int(3, 8), () =>
    fill(draw.one(['{slug}: {secret}', '{secret}', '"{word}": "{secret}",']), slots),
  ),
];

/** How documents are written, and how often. */
export const formats: Readonly<Record<string, readonly [often: number, write: Write]>> = {
  prose: [16, prose],
  mail: [10, mail],
  chat: [8, chat],
  form: [8, form],
  rows: [16, rows],
  'json-text': [6, jsonText],
  csv: [6, csv],
  'markdown-table': [4, markdownTable],
  'sql-result': [4, sqlResult],
  log: [8, log],
  yaml: [5, yaml],
  env: [5, env],
  code: [6, code],
  'lock-file': [2, lockFile],
  binary: [2, binary],
  pasted: [8, pasted],
  registry: [3, registry],
  vault: [3, vault],
};
