package rest

import (
	"slices"
	"strings"
	"testing"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/explain"
)

func TestCodesAreClassifiedByWhatCanBeDone(t *testing.T) {
	for _, c := range []struct {
		code, message string
		at            Level
		class         providers.Class
		again         Again
	}{
		{"REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", AtRequest, quota, Never},
		{"REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.", AtRequest, retry, Pause},
		{"REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", AtRequest, retry, Pause},
		{"INVALID_FIELD", "No such column 'X__c' on sobject of type Contact", AtRequest, config, Never},
		{"INVALID_FIELD", "No such column 'X__c' on sobject of type Contact", AtRow, config, Never},
		{"INVALID_FIELD", "Foreign key external ID: A-1 not found for field Code__c in entity Account", AtRow, row, Never},
		{"INVALID_FIELD", "Fremdschlüssel nicht gefunden", AtRow, row, Never},
		{"INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", AtRow, row, Never},
		{"INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", AtRequest, config, Never},
		{"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "T: execution of AfterUpdate caused by: UNABLE_TO_LOCK_ROW", AtRow, retry, Smaller},
		{"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "T: System.LimitException: Apex CPU time limit exceeded", AtRow, retry, Smaller},
		{"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "T: System.NullPointerException", AtRow, row, Never},
		{"UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access", AtRow, retry, Smaller},
		{"STRING_TOO_LONG", "", AtRow, row, Never},
		{"SOME_NEW_CODE", "", AtRow, row, Never},
		{"SOME_NEW_CODE", "", AtRequest, config, Never},
		{"HTTP_503", "", AtRequest, retry, Pause},
		{"HTTP_429", "", AtRequest, retry, Pause},
		{"HTTP_401", "", AtRequest, auth, Never},
		{"HTTP_403", "", AtRequest, config, Never},
		{"TRIAL_EXPIRED", "", AtRequest, org, Never},
	} {
		if r := Classify(c.code, c.message, c.at); r.Class != c.class || r.Again != c.again {
			t.Errorf("%s %q at %d is %s %q, want %s %q", c.code, c.message, c.at, r.Class, r.Again, c.class, c.again)
		}
	}
}

func TestEveryRuleHasAPageAndAHintAndEveryPageARule(t *testing.T) {
	codes := Codes()
	for _, c := range codes {
		text, ok := explain.Code(c)
		if !ok {
			t.Errorf("%s has no page", c)
			continue
		}
		if !strings.HasPrefix(text, "# "+c+"\n\n## Cause\n") || !strings.Contains(text, "\n## Fix\n") {
			t.Errorf("the page of %s lacks its cause or fix", c)
		}
	}
	for _, c := range explain.Codes() {
		if !slices.Contains(codes, c) {
			t.Errorf("the page %s has no rule", c)
		}
	}
	for i, r := range table {
		if r.Hint == "" || r.Class == "" {
			t.Errorf("%s has no hint or class", r.Code)
		}
		if i > 0 && table[i-1].Code == r.Code && len(table[i-1].Has) == 0 {
			t.Errorf("a rule of %s is never reached", r.Code)
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(codes)))) != len(codes) {
		t.Error("rules of one code do not stand together")
	}
}
