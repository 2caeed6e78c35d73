# The rules of rules.ts, as data. Compiled once, to gate.wasm, with OPA 1.22.2:
#   opa build -t wasm -e gate/listed -e gate/indexed -o bundle.tar.gz gate.rego && tar -xzf bundle.tar.gz /policy.wasm
package gate

# Every rule is looked at.
default listed := "block"

listed := "allow" if {
	some rule in data.rules
	rule.effect == "allow"
	matches(rule)
	not listed_block
}

listed_block if {
	some rule in data.rules
	rule.effect == "block"
	matches(rule)
}

# Rules were filed by hand beforehand, under what tells them apart.
default indexed := "block"

indexed := "allow" if {
	some key in input.keys
	some rule in data.filed[key]
	rule.effect == "allow"
	matches(rule)
	not indexed_block
}

indexed_block if {
	some key in input.keys
	some rule in data.filed[key]
	rule.effect == "block"
	matches(rule)
}

matches(rule) if {
	rule.tool == input.tool
	in_group(rule)
	of_tenant(rule)
	input.args.limit <= rule.limit
	startswith(input.args.sql, "select")
}

in_group(rule) if not rule.group

in_group(rule) if rule.group in input.groups

of_tenant(rule) if not rule.tenant

of_tenant(rule) if rule.tenant == input.args.tenant
