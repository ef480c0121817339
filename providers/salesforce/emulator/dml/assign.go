package dml

import (
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/schema"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/sfid"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// assign gives a lead or a case the owner that an assignment rule names, whatever owner the row has. Without a header the
// active rule works, on updates too (REST API Developer Guide, "Assignment Rule Header").
func (s *Session) assign(c *change) *apierror.Error {
	if c.object.Name != "Lead" && c.object.Name != "Case" || strings.EqualFold(s.Assign, "FALSE") {
		return nil
	}
	byID := s.Assign != "" && !strings.EqualFold(s.Assign, "TRUE")
	wanted, _ := sfid.Full(s.Assign)
	for _, r := range s.Schema.Assignments {
		if r.Object != c.object.Name || !byID && !r.Active || byID && r.ID != wanted {
			continue
		}
		if id := s.ownerOf(r); id != "" {
			c.set("OwnerId", store.String(id))
		}
		return nil
	}
	if byID {
		return apierror.New("INVALID_ASSIGNMENT_RULE", "invalid assignment rule id: %s", s.Assign)
	}
	return nil
}

// ownerOf finds the user or the queue that a rule names, "" for nobody.
func (s *Session) ownerOf(r schema.AssignmentRule) string {
	u := s.Schema.Object("User")
	for _, id := range s.Find(u, u.Field("Username"), store.String(r.Owner)) {
		return id
	}
	g, found := s.Schema.Object("Group"), ""
	s.Tx.Rows(g.Name).Scan(0, func(seq uint64, raw store.Raw) bool {
		if strings.EqualFold(raw.Get(g.Field("DeveloperName").Col).Text, r.Owner) && raw.Get(g.Field("Type").Col).Text == "Queue" {
			found = sfid.Make(g.KeyPrefix, seq)
		}
		return found == ""
	})
	return found
}
