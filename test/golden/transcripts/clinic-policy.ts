/** What the clinic lets its agents do; the same in every revision. */
export const clinicPolicy = `apiVersion: sallyport/v1
rules:
  - id: staff-may
    on: { tools: [find_patient, write_letter, count_beds, summarise, ask_doctor, wait], resources: ['note://**'], prompts: ['*'] }
    then: allow
    reason: Staff works with patients.
  - id: models-may-be-asked
    on: { methods: [sampling/createMessage, elicitation/create] }
    then: allow
  - id: hide-personal-data
    mask:
      - { find: [email, payment-card], in: [args, result] }
      - { path: 'structuredContent.born', with: { keep: { first: 4 } } }
  - id: nobody-deletes
    on: { tools: [delete_patient] }
    then: block
    reason: Records are kept for ten years.
  - id: discharge-needs-a-doctor
    on: { tools: [discharge] }
    then: approve
    approval: { by: ['group:dba'] }
    reason: A doctor decides who goes home.
`;
