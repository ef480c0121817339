package dml

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/apierror"
	"github.com/signalsmith/signalsmith/providers/salesforce/emulator/store"
)

// rule is what an object does with its own values each time a record is saved. It must give the same result when it is
// applied twice.
func rule(s *Session, c *change) *apierror.Error {
	personName(c)
	switch c.object.Name {
	case "Account":
		if c.get("IsPersonAccount").Kind == store.True {
			c.set("Name", fullName(c))
		}
	case "CampaignMember":
		campaignMember(s, c)
	case "Opportunity":
		opportunity(c)
	case "Case":
		closeCase(s, c)
	case "User":
		if c.get("UserType").Kind == store.Null {
			c.set("UserType", store.String("Standard"))
		}
	}
	return nil
}

// personName joins first and last name where Name is made of them (Contact, Lead and User; the salutation is not part of it).
func personName(c *change) {
	name := c.object.NameField()
	last := c.object.Field("LastName")
	if name == nil || last == nil || name.Createable || last.CompoundFieldName != name.Name {
		return
	}
	c.set(name.Name, fullName(c))
}

func fullName(c *change) store.Value {
	if full := strings.TrimSpace(c.get("FirstName").Text + " " + c.get("LastName").Text); full != "" {
		return store.String(full)
	}
	return store.Value{}
}

// stage is what a stage of a new org's sales process means.
type stage struct {
	probability         int
	forecast, name      string
	closed, won, listed bool
}

func stageOf(name string) stage {
	open := func(p int) stage { return stage{probability: p, forecast: "Pipeline", name: "Pipeline", listed: true} }
	switch name {
	case "Prospecting", "Qualification":
		return open(10)
	case "Needs Analysis":
		return open(20)
	case "Value Proposition":
		return open(50)
	case "Id. Decision Makers":
		return open(60)
	case "Perception Analysis":
		return open(70)
	case "Proposal/Price Quote":
		return open(75)
	case "Negotiation/Review":
		return open(90)
	case "Closed Won":
		return stage{100, "Closed", "Closed", true, true, true}
	case "Closed Lost":
		return stage{0, "Omitted", "Omitted", true, false, true}
	}
	return stage{forecast: "Pipeline", name: "Pipeline"}
}

// opportunity derives what follows from stage, amount and close date.
func opportunity(c *change) {
	st := stageOf(c.get("StageName").Text)
	moved := c.old == nil || c.object.Field("StageName") != nil && c.old.Get(c.object.Field("StageName").Col) != c.get("StageName")
	if moved && !c.given("Probability") && st.listed {
		c.set("Probability", store.Value{Kind: store.Number, Text: strconv.Itoa(st.probability)})
	}
	c.set("IsClosed", store.Bool(st.closed))
	c.set("IsWon", store.Bool(st.won))
	if moved {
		c.set("ForecastCategory", store.String(st.forecast))
		if !c.given("ForecastCategoryName") {
			c.set("ForecastCategoryName", store.String(st.name))
		}
	}
	amount, err1 := strconv.ParseFloat(c.get("Amount").Text, 64)
	probability, err2 := strconv.ParseFloat(c.get("Probability").Text, 64)
	c.set("ExpectedRevenue", store.Value{})
	if err1 == nil && err2 == nil {
		if text, _, ok := decimal(strconv.FormatFloat(amount*probability/100, 'f', 4, 64), 2); ok {
			c.set("ExpectedRevenue", store.Value{Kind: store.Number, Text: text})
		}
	}
	if d := c.get("CloseDate").Text; len(d) == 10 {
		month, err := strconv.Atoi(d[5:7])
		if err != nil {
			return
		}
		quarter := (month + 2) / 3
		c.set("FiscalYear", store.Value{Kind: store.Number, Text: strings.TrimLeft(d[:4], "0")})
		c.set("FiscalQuarter", store.Value{Kind: store.Number, Text: strconv.Itoa(quarter)})
		c.set("Fiscal", store.String(fmt.Sprintf("%s %d", d[:4], quarter)))
	}
}

// closeCase keeps IsClosed and ClosedDate in step with the status.
func closeCase(s *Session, c *change) {
	closed := c.get("Status").Text == "Closed"
	c.set("IsClosed", store.Bool(closed))
	switch {
	case !closed:
		c.set("ClosedDate", store.Value{})
	case c.get("ClosedDate").Kind == store.Null:
		c.set("ClosedDate", store.At(s.Now.Unix()))
	}
}
