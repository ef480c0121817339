package engine_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

// members reads a file the way the mapping says, independently of it.
func members(t *testing.T, file string) map[string]constituent {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]constituent{}
	for _, l := range lines[1:] {
		v := map[string]string{}
		for i, name := range lines[0] {
			v[name] = l[i]
		}
		last := v["last_name"]
		if v["suffix"] != "" {
			last += " " + v["suffix"]
		}
		street, _, _ := strings.Cut(v["address"], "Washington")
		out[v["bioguide_id"]] = constituent{
			"Account.Chamber__c": strings.ToUpper(v["type"]), "FirstName": v["first_name"], "LastName": last, "Nickname__c": v["nickname"],
			"Birthdate": v["birthday"], "Phone": v["phone"], "MailingStreet": strings.TrimSpace(street), "Party__c": v["party"],
			"State__c": v["state"], "District__c": v["district"], "Twitter__c": strings.ToLower(v["twitter"]),
		}
	}
	return out
}

// TestHistoryLegislators applies the history of the Congress: names with accents, birthdays, parents, missing values.
func TestHistoryLegislators(t *testing.T) {
	t.Parallel()
	files := dates(t, "legislators")
	p := copyProject(t, "../testdata/history/legislators")
	_, dump := told(t, p, "sync.members", `"Bioguide__c"`, files, members, func(file string) { p.copyFile(file, "legislators.csv") })
	for _, name := range []string{"Velázquez", "Luján", "House of Representatives"} {
		if !strings.Contains(dump, name) {
			t.Errorf("the org holds no %s", name)
		}
	}
}
