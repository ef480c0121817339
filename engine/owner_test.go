package engine_test

import (
	"strings"
	"testing"
)

// owned is people, or leads, with the owner's user name in the column email. Four users: ada and bo are active, gone is not,
// and self is who writes.
func owned(t *testing.T, object, field, rows string) *project {
	t.Helper()
	p := people(t, rows)
	text := strings.NewReplacer(`"Contact"`, `"`+object+`"`, "    Email       = col.email\n", "    \""+field+"\" = col.email\n", "    MailingCity = col.city\n", map[string]string{
		"Lead": "    City = col.city\n    Company = col.name\n", "Contact": "    MailingCity = col.city\n",
	}[object]).Replace(p.read("main.hcl"))
	p.write("main.hcl", anyRejects(text))
	p.write("org.schema.json", strings.Replace(peopleSchema, `"Contact"`, `"`+object+`"`, 1))
	p.byHand("", func(h *hand) {
		for _, u := range []string{"ada@acme.example", "bo@acme.example", "gone@acme.example"} {
			if err := h.org.AddUser(u, u); err != nil {
				t.Fatal(err)
			}
		}
	})
	p.active("gone@acme.example", false)
	return p
}

// active makes a user active or not.
func (p *project) active(user string, is bool) {
	p.t.Helper()
	p.byHand("", func(h *hand) {
		h.call("PATCH", "/sobjects/User/"+h.id("SELECT Id FROM User WHERE Username = '"+user+"'"), map[string]any{"IsActive": is})
	})
}

func (p *project) userID(user string) (id string) {
	p.t.Helper()
	p.byHand("", func(h *hand) { id = h.id("SELECT Id FROM User WHERE Username = '" + user + "'") })
	return id
}

// owner holds who owns the record of a code.
func (p *project) owner(object, code, want string) {
	p.t.Helper()
	p.byHand("", func(h *hand) {
		if n := len(h.find("SELECT Id FROM " + object + " WHERE Code__c = '" + code + "' AND Owner.Username = '" + want + "'")); n != 1 {
			p.t.Errorf("%s is not owned by %s", code, want)
		}
	})
}

const notActive = ": the user is not active"

func TestOwnersByUserName(t *testing.T) {
	t.Parallel()
	for object, field := range map[string]string{"Contact": "Owner.Username", "Lead": "Owner:User.Username"} {
		t.Run(object, func(t *testing.T) {
			t.Parallel()
			p := owned(t, object, field, "1,A,Okafor,London,ada@acme.example,1,Gold\n2,B,Lindqvist,Malmö,gone@acme.example,2,Gold\n"+
				"3,C,Haddad,Tunis,nobody@acme.example,3,Gold\n4,D,Moreau,Lyon,,4,Gold\n")
			it := p.rejected(map[string]string{"2": "bad_value " + field + notActive, "3": "unknown_parent " + field + ": no User has this Username"})
			codes := map[string]string{}
			for _, r := range it.Rejects {
				codes[r.Reason] = r.Code
			}
			if codes["bad_value"] != "INACTIVE_OWNER_OR_USER" || codes["unknown_parent"] != "INVALID_FIELD" || it.Counts.Create.N != 2 {
				t.Errorf("the plan says %s: %v", counts(it), codes)
			}
			p.applied()
			if it := p.plan().Item("sync.people"); counts(it) != "reject 2, unchanged 2" {
				t.Errorf("after the apply the plan says %s", counts(it))
			}
			p.owner(object, "A", "ada@acme.example")

			// Another owner; and one who leaves the firm afterwards, with whom every other field can be written.
			p.rows("1,A,Okafor,London,bo@acme.example,1,Gold\n4,D,Moreau,Lyon,ada@acme.example,4,Gold\n")
			p.applied()
			p.empty("after other owners")
			p.owner(object, "A", "bo@acme.example")
			p.active("bo@acme.example", false)
			p.empty("after an owner was deactivated")
			p.rows("1,A,Okoro,London,bo@acme.example,1,Gold\n4,D,Moreau,Lyon,bo@acme.example,5,Gold\n")
			it = p.rejected(map[string]string{"4": "bad_value " + field + notActive})
			if counts(it) != "update 1, held 1, reject 1" {
				t.Errorf("the plan says %s", counts(it))
			}
			p.applied()
			p.owner(object, "A", "bo@acme.example")
			p.owner(object, "D", "ada@acme.example")
			p.byHand("", func(h *hand) { h.id("SELECT Id FROM " + object + " WHERE Code__c = 'A' AND LastName = 'Okoro'") })
			p.active("bo@acme.example", true)
			p.applied()
			p.empty("after the owner came back")
			p.owner(object, "D", "bo@acme.example")
		})
	}
}

func TestOwnersByID(t *testing.T) {
	t.Parallel()
	p := owned(t, "Lead", "OwnerId", "")
	ada, gone := p.userID("ada@acme.example"), p.userID("gone@acme.example")
	var queue string
	p.byHand("", func(h *hand) {
		if err := h.org.AddQueue("Inbound", "Inbound"); err != nil {
			t.Fatal(err)
		}
		queue = h.id("SELECT Id FROM Group WHERE DeveloperName = 'Inbound'")
	})
	p.rows("1,A,Okafor,London," + ada[:15] + ",1,Gold\n2,B,Lindqvist,Malmö," + gone + ",2,Gold\n3,C,Haddad,Tunis," + queue + ",3,Gold\n")
	it := p.rejected(map[string]string{"2": "bad_value OwnerId" + notActive})
	if it.Rejects[0].Values[0].Value != gone {
		t.Errorf("the rejects are %+v", it.Rejects)
	}
	p.applied()
	if it := p.plan().Item("sync.people"); counts(it) != "reject 1, unchanged 2" {
		t.Errorf("after the apply the plan says %s", counts(it))
	}
	p.owner("Lead", "A", "ada@acme.example")
	p.byHand("", func(h *hand) {
		if n := len(h.find("SELECT Id FROM Lead WHERE OwnerId = '" + queue + "'")); n != 1 {
			t.Errorf("%d leads are the queue's", n)
		}
	})
	// Without live records nobody is asked about.
	p.options.NoRefresh = true
	if it := p.plan().Item("sync.people"); it.Counts.Reject.Known {
		t.Errorf("without asking who is active the plan says %s", counts(it))
	}
}

func TestOwnerOfSeveralKinds(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ object, field, code, want string }{
		"a user":                        {"Lead", "Owner:User.Username", "", ""},
		"in any case":                   {"Lead", "owner:user.username", "", ""},
		"without saying of what object": {"Lead", "Owner.Username", "R207", `Name the object after the relationship: "Owner:User.Username".`},
		"that the object has not":       {"Lead", "Owner:Account.Name", "R207", "Lead.Owner can point to Group or User, and not to Account."},
		"no key of it":                  {"Lead", "Owner:User.Alias", "R207", "Alias is neither"},
		"no field of it":                {"Lead", "Owner:User.Usrname", "R207", `did you mean "Username"`},
		"a field that none has":         {"Lead", "Owner.Code__c", "R207", `"Owner:Group.Code__c" or "Owner:User.Code__c"`},
		"one object, and it is named":   {"Contact", "Owner:User.Username", "", ""},
		"no relationship":               {"Contact", "Onwer:User.Username", "R207", `did you mean "Owner"`},
		"no name":                       {"Lead", "Owner:.Username", "C110", `as in "Owner:User.Username"`},
		"an object without a field":     {"Lead", "Owner:User", "C110", `as in "Owner:User.Username"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			owned(t, x.object, x.field, "1,A,Okafor,London,ada@acme.example,1,Gold\n").finds(x.code, x.want)
		})
	}
}

func TestTwoSyncsMayNotSetOneReferenceInTwoWays(t *testing.T) {
	t.Parallel()
	p := owned(t, "Lead", "OwnerId", "")
	p.rows("1,A,Okafor,London," + p.userID("ada@acme.example") + ",1,Gold\n")
	p.write("main.hcl", p.read("main.hcl")+`
mapping "owners" {
  target = target.contact
  fields = {
    Code__c               = col.code
    "Owner:User.Username" = "bo@acme.example"
  }
}
sync "owners" {
  model   = model.people
  mapping = mapping.owners
  mode    = "update"
}
`)
	p.byHand("", func(h *hand) {
		h.call("POST", "/sobjects/Lead", map[string]any{"Code__c": "A", "LastName": "Okafor", "Company": "Acme"})
	})
	_, ds := p.engine.Plan(t.Context(), p.load(), p.options)
	if len(ds) != 1 || ds[0].Code != "P106" || !strings.Contains(ds[0].Detail, "write Owner") {
		t.Errorf("the plan says %v", ds)
	}
}

func TestReferenceThatIsSetTwice(t *testing.T) {
	t.Parallel()
	for _, second := range []string{"OwnerId", "ownerid"} {
		p := owned(t, "Contact", "Owner.Username", "1,A,Okafor,London,ada@acme.example,1,Gold\n")
		p.edit("    Score__c ", "    "+second+" = col.city\n    Score__c ")
		p.finds("R214", "Owner.Username and "+second+" both set Contact.OwnerId")
	}
	p := typed(t, "1,A,Okafor,Trade,,1,Gold\n")
	p.edit("    Email ", "    RecordTypeId = col.city\n    Email ")
	p.finds("R214", "both set Contact.RecordTypeId")
	p = typed(t, "1,A,Okafor,Trade,,1,Gold\n")
	p.edit(byName, "RecordType.Name")
	p.finds("R207", `did you mean "RecordType.DeveloperName"`)
}
