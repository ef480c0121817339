package emulator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/providers/salesforce/emulator"
)

func dump(t testing.TB, c *client) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.org.Dump(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFileKeepsTheOrg(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "org.db")
	c := open(t, emulator.Options{Path: path})
	id := c.create("Contact", map[string]any{"LastName": "A", "Customer_Id__c": "C-1", "Score__c": 1.5})
	ticket := c.create("Ticket__c", map[string]any{"Number__c": "T-1", "Contact__c": id})
	before := dump(t, c)
	token := c.token
	if err := c.org.Close(); err != nil {
		t.Fatal(err)
	}
	c = open(t, emulator.Options{Path: path})
	if after := dump(t, c); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	c.token = token
	if got := c.get("Ticket__c", ticket); got["Contact__c"] != id {
		t.Errorf("%v", got)
	}
	if next := c.create("Contact", map[string]any{"LastName": "B"}); next <= id {
		t.Errorf("id %s after %s", next, id)
	}
}

func TestASecondOpenerIsToldWhoHasTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "org.db")
	open(t, emulator.Options{Path: path})
	start := time.Now()
	_, err := emulator.Open(context.Background(), emulator.Options{Path: path})
	var locked *emulator.LockedError
	if !errors.As(err, &locked) || locked.PID != os.Getpid() || locked.Path != path {
		t.Fatalf("%v", err)
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("it took %v", d)
	}
}

func TestTheSchemaMayChangeBetweenOpenings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "org.db")
	fields := func(list string) []byte {
		return []byte(`{"format":"1.0","objects":{"Contact":{"fields":[` + list + `]},"Other__c":{},"Ticket__c":{}}}`)
	}
	const code, note = `{"name":"Code__c","type":"string","length":20%s}`, `{"name":"Note__c","type":"string","length":20}`
	plain := fmt.Sprintf(code, "")
	c := open(t, emulator.Options{Path: path, Schema: fields(plain)})
	c.create("Contact", map[string]any{"LastName": "A", "Code__c": "x"})
	modified := c.want(200, "GET", "sobjects/Contact/describe", nil).header.Get("Last-Modified")
	ticket := c.create("Ticket__c", map[string]any{"Name": "T"})
	reopen := func(schema []byte) {
		t.Helper()
		if err := c.org.Close(); err != nil {
			t.Fatal(err)
		}
		c = open(t, emulator.Options{Path: path, Schema: schema, Now: func() time.Time { return time.Now().Add(time.Hour) }})
	}
	reopen(fields(note)) // one field goes, one comes
	c.want(304, "GET", "sobjects", nil, "If-Modified-Since", time.Now().Add(2*time.Hour).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	c.want(200, "GET", "sobjects/Contact/describe", nil, "If-Modified-Since", modified)
	c.want(400, "GET", "query?q="+url.QueryEscape("SELECT Code__c FROM Contact"), nil)
	if got := c.query("SELECT Note__c FROM Contact"); got[0]["Note__c"] != nil {
		t.Errorf("%v", got)
	}
	c.create("Contact", map[string]any{"LastName": "B"})
	unique := fields(fmt.Sprintf(code, `,"externalId":true,"unique":true`) + "," + note)
	reopen(unique) // the first field is back, with an index
	if got := c.query("SELECT LastName FROM Contact WHERE Code__c IN ('X')"); len(got) != 1 || got[0]["LastName"] != "A" {
		t.Errorf("%v", got)
	}
	reopen(fields(plain))
	c.create("Contact", map[string]any{"LastName": "C", "Code__c": "X"})
	if err := c.org.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := emulator.Open(context.Background(), emulator.Options{Path: path, Schema: unique})
	var conflict *emulator.ConflictError
	if !errors.As(err, &conflict) || conflict.Column != "Code__c" {
		t.Fatalf("%v", err)
	}
	c = open(t, emulator.Options{Path: path, Schema: []byte(`{"format":"1.0","objects":{"Ticket__c":{}}}`)})
	if got := c.get("Ticket__c", ticket); got["Name"] != "T" {
		t.Errorf("a custom object keeps its prefix: %v", got)
	}
}

// TestWhatWasAcknowledgedSurvivesAKill runs this test's binary again as an org that is killed while it is being written to.
func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	if path := os.Getenv("EMULATOR_TEST_CHILD"); path != "" {
		c := open(t, emulator.Options{Path: path})
		for i := 0; ; i++ {
			c.load(i*200, i*200+200, "x")
			fmt.Printf("acknowledged %d\n", (i+1)*200)
		}
	}
	path := filepath.Join(t.TempDir(), "org.db")
	cmd := exec.Command(os.Args[0], "-test.run", "^TestWhatWasAcknowledgedSurvivesAKill$")
	cmd.Env = append(os.Environ(), "EMULATOR_TEST_CHILD="+path, "TMPDIR="+t.TempDir()) // it cannot clean up
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	buf := make([]byte, 4096)
	for strings.Count(told.String(), "\n") < 20 {
		n, err := out.Read(buf)
		told.Write(buf[:n])
		if err != nil {
			t.Fatalf("%v: %s", err, told.String())
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for {
		n, err := out.Read(buf)
		told.Write(buf[:n])
		if err != nil {
			break
		}
	}
	_ = cmd.Wait() // it was killed
	lines := strings.Split(strings.TrimSpace(told.String()), "\n")
	var acknowledged int
	if _, err := fmt.Sscanf(lines[len(lines)-1], "acknowledged %d", &acknowledged); err != nil {
		t.Fatalf("%v: %q", err, lines[len(lines)-1])
	}
	c := open(t, emulator.Options{Path: path})
	var page struct{ TotalSize int }
	got := c.want(200, "GET", "query?q="+url.QueryEscape("SELECT COUNT() FROM Contact"), nil).obj(t)
	page.TotalSize = int(got["totalSize"].(float64))
	if page.TotalSize < acknowledged || page.TotalSize%200 != 0 {
		t.Errorf("%d contacts, %d were acknowledged", page.TotalSize, acknowledged)
	}
	if found := c.query(fmt.Sprintf("SELECT Id FROM Contact WHERE Customer_Id__c = 'C-%d'", acknowledged-1)); len(found) != 1 {
		t.Errorf("the last one is not there: %v", found)
	}
}

func TestManyRequestsAtOnce(t *testing.T) {
	c := open(t, emulator.Options{})
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 5 {
				at := (w*5 + i) * 20
				c.load(at, at+20, "x")
				c.send("PATCH", "sobjects/Contact/Customer_Id__c/shared", map[string]any{"LastName": fmt.Sprint(w)})
				c.send("GET", "query?q="+url.QueryEscape("SELECT Id, Name FROM Contact WHERE LastName LIKE 'Love%' ORDER BY Name"), nil)
				c.send("GET", "sobjects/Contact/describe", nil)
				if _, err := c.org.Token(""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := c.query("SELECT COUNT(Id) n FROM Contact"); got[0]["n"] != 801.0 {
		t.Errorf("%v", got)
	}
}

func TestDumpsCompareContentOnly(t *testing.T) {
	one, two := open(t, emulator.Options{}), open(t, emulator.Options{})
	fill := func(c *client, order []int) {
		for _, i := range order {
			c.want(201, "PATCH", fmt.Sprintf("sobjects/Account/Code__c/A-%d", i), map[string]any{"Name": fmt.Sprint("Acme ", i)})
		}
		for _, i := range order {
			c.create("Contact", map[string]any{"LastName": fmt.Sprint(i), "Account": map[string]any{"Code__c": fmt.Sprintf("A-%d", i)}})
		}
	}
	fill(one, []int{1, 2, 3})
	fill(two, []int{3, 1, 2})
	a, b := dump(t, one), dump(t, two)
	if a != b || !strings.Contains(a, `"AccountId": "Account Code__c=A-2"`) {
		t.Errorf("%s\n%s", a, b)
	}
	two.want(204, "PATCH", "sobjects/Contact/"+str(two.query("SELECT Id FROM Contact")[0]["Id"]), map[string]any{"Phone": "1"})
	if dump(t, two) == a {
		t.Error("a change is not seen")
	}
	if err := two.org.Reset(context.Background()); err != nil {
		t.Fatal(err)
	}
	if d := dump(t, two); strings.Contains(d, "Acme") {
		t.Errorf("%s", d)
	}
	two.want(401, "GET", "limits", nil)
	token, err := two.org.Token("")
	if err != nil {
		t.Fatal(err)
	}
	two.token = token
	if id := two.create("Account", map[string]any{"Name": "A"}); id != "001EM0000000001YAA" {
		t.Errorf("the same history gives the same ids: %s", id)
	}
}

func TestRecordTypesOfTheSchemaAreRecords(t *testing.T) {
	c := open(t, emulator.Options{Schema: []byte(`{"format":"1.0","objects":{"Contact":{"recordTypeInfos":[
		{"developerName":"Retail","name":"Retail customer","defaultRecordTypeMapping":true},{"developerName":"Old","active":false}]}}}`)})
	rt := c.query("SELECT Id, Name, IsActive FROM RecordType WHERE SobjectType = 'Contact' ORDER BY DeveloperName DESC")
	infos := c.want(200, "GET", "sobjects/Contact/describe", nil).obj(t)["recordTypeInfos"].([]any)
	first := infos[0].(map[string]any)
	if len(infos) != 3 || first["recordTypeId"] != rt[0]["Id"] || first["developerName"] != "Retail" || infos[2].(map[string]any)["master"] != true {
		t.Errorf("%v", infos)
	}
	c.create("Contact", map[string]any{"LastName": "A", "RecordTypeId": rt[0]["Id"]})
	if got := c.query("SELECT RecordType.DeveloperName FROM Contact"); got[0]["RecordType"].(map[string]any)["DeveloperName"] != "Retail" {
		t.Errorf("%v", got)
	}
	for _, id := range []any{rt[1]["Id"], "012000000000000AAA"} {
		c.want(400, "POST", "sobjects/Contact", map[string]any{"LastName": "A", "RecordTypeId": id})
	}
}
