/** The first policy that `sallyport init` writes: reading, with personal data masked. */
export const policyTemplate = `\
# What callers may do. Nothing passes that no rule allows. The order of rules and files never
# matters: a block beats an approve, an approve beats an allow, and the masks of all rules that
# match add up. Changes are taken over while the gate runs.
# Try a change:  sallyport check && sallyport test
apiVersion: sallyport/v1
upstreams: [files]
rules:
  - id: read-files
    on: { tools: [read_text_file, list_directory, search_files, get_file_info] }
    then: allow
    reason: Everybody who has logged in reads files.

  # A rule that only masks grants nothing; it protects whatever other rules allow. "sallyport mask
  # --detectors" lists what there is to find, and "sallyport mask FILE" tries masks out.
  - id: hide-personal-data
    on: { tools: ["*"] }
    mask:
      - { find: [secrets, person-id] } # [redacted:aws-key], [redacted:us-ssn]
      - { find: payment-card, with: { keep: { last: 4 } } } # ***************1111
      - { fields: ["*password*"], with: remove } # what members and lines of such names hold
      - { find: email, with: { token: { scope: files } } } # email:nn4hpzpdf11sxmp4

  # Conditions see who calls (identity), with what (args) and what comes back (result).
  - id: developers-write-drafts
    on: { tools: [write_file, create_directory] }
    when:
      identity.groups: { contains: developers }
      args.path: { path_within: drafts }
    then: allow
    # The agent never sees an address. Where it writes a token, the gate puts the address back.
    reveal: { find: email, scope: files, path: args.content }
    reason: Developers write in the drafts folder, nobody writes anywhere else.
`;

/** Its tests. */
export const suiteTemplate = `\
# Cases for default.yaml. Run with:  sallyport test
identities:
  ana: { groups: [analysts] }
  bob: { groups: [developers] }
cases:
  - name: an analyst reads, with personal data masked
    as: ana
    call: { upstream: files, tool: read_text_file, args: { path: welcome.txt } }
    result: { content: [{ type: text, text: "ada@example.com, 4111 1111 1111 1111, password: hunter2" }] }
    expect:
      effect: allow
      rule: read-files
      output:
        content: [{ type: text, text: "email:nn4hpzpdf11sxmp4, ***************1111, password: " }]
  - name: an analyst writes nothing
    as: ana
    call: { upstream: files, tool: write_file, args: { path: drafts/a.txt, content: hello } }
    expect: { effect: block }
  - name: a developer writes a draft
    as: bob
    call: { upstream: files, tool: write_file, args: { path: drafts/a.txt, content: hello } }
    expect: { effect: allow, rule: developers-write-drafts }
  - name: the address behind a token is written, and not told to the agent
    as: bob
    tokens: { "email:0000000000000001": { value: ada@example.com, scope: files } }
    call:
      upstream: files
      tool: write_file
      args: { path: drafts/a.txt, content: "to email:0000000000000001" }
    expect: { sent: { path: drafts/a.txt, content: to ada@example.com } }
  - name: a developer can't leave the drafts folder
    as: bob
    call: { upstream: files, tool: write_file, args: { path: drafts/../welcome.txt, content: "" } }
    expect: { effect: block }
  - name: an analyst is shown what reads
    as: ana
    list: { upstream: files, tools: [read_text_file, write_file, move_file] }
    expect: { visible: [read_text_file] }
`;

/** Something for the example upstream to serve. */
export const welcomeText = `\
Welcome. You read this file through Sallyport.

Its policy (policies/default.yaml) lets you read, and hides personal data on the way:
write to ada@example.com, and pay with 4111 1111 1111 1111.
password: hunter2
`;
