package emulator_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

// FuzzBodies sends any body to the resources that read one: the org never breaks, and what it answers is JSON.
func FuzzBodies(f *testing.F) {
	f.Add(`{"records":[{"attributes":{"type":"Contact"},"LastName":"A","Score__c":1e5,"Account":{"Code__c":"x"},"Id":null}]}`)
	f.Add(`{"allOrNone":true,"compositeRequest":[{"method":"POST","url":"/services/data/v59.0/sobjects/Account","referenceId":"a","body":{"Name":"@{a.id}"}}]}`)
	f.Add(`{"batchRequests":[{"method":"GET","url":"v59.0/query?q=SELECT+Id+FROM+Contact"}]}`)
	f.Add(`{"ids":["003EM0000000001"],"fields":["Id"]}`)
	f.Add(`{"records":[{"attributes":{"type":"Account","referenceId":"a"},"Name":"A","Contacts":{"records":[]}}]}`)
	org, err := emulator.Open(context.Background(), emulator.Options{Schema: []byte(testSchema), DailyAPIRequests: 1 << 30})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := org.Close(); err != nil {
			f.Error(err)
		}
	})
	token, err := org.Token("")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, x := range [][2]string{
			{"POST", "sobjects/Contact"}, {"POST", "composite/sobjects"}, {"PATCH", "composite/sobjects"}, {"PATCH", "composite/sobjects/Contact/Customer_Id__c"},
			{"POST", "composite/sobjects/Contact"}, {"POST", "composite"}, {"POST", "composite/batch"}, {"POST", "composite/tree/Account"},
		} {
			r := httptest.NewRequest(x[0], "/services/data/v59.0/"+x[1], strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+token)
			w := httptest.NewRecorder()
			org.Handler().ServeHTTP(w, r)
			if w.Code >= 500 || w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s %s: %d %s", x[0], x[1], w.Code, w.Body)
			}
		}
	})
}

// FuzzQueries runs any query: the org never breaks.
func FuzzQueries(f *testing.F) {
	f.Add("SELECT Id, Account.Name FROM Contact WHERE LastName LIKE 'a%' AND Score__c > 1 ORDER BY Name LIMIT 5")
	f.Add("SELECT LeadSource, COUNT(Id) n FROM Contact GROUP BY LeadSource ORDER BY COUNT(Id)")
	f.Add("SELECT COUNT() FROM Contact WHERE AccountId IN (SELECT Id FROM Account) AND CreatedDate = LAST_N_DAYS:3")
	c := people(f)
	f.Fuzz(func(t *testing.T, soql string) {
		body, err := json.Marshal(map[string]any{"compositeRequest": []any{map[string]any{
			"method": "GET", "url": "/services/data/v59.0/queryAll?q=" + url.QueryEscape(soql), "referenceId": "q"}}})
		if err != nil {
			t.Skip()
		}
		r := httptest.NewRequest("POST", "/services/data/v59.0/composite", strings.NewReader(string(body)))
		r.Header.Set("Authorization", "Bearer "+c.token)
		w := httptest.NewRecorder()
		c.org.Handler().ServeHTTP(w, r)
		if !json.Valid(w.Body.Bytes()) || strings.Contains(w.Body.String(), `"httpStatusCode":500`) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}
