package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/signalsmith/signalsmith/cmd/internal/cli"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "for the goldens of other packages; scripts are edited by hand")
	testscript.Main(m, map[string]func(){"signalsmith": main})
}

// TestScripts runs the stories of testdata/script. They read as documentation: what a user types, and what happens.
//
// Commands beside the usual ones of testscript:
//
//	screen FILE            standard output is FILE, but for plan and run ids, times and the number of calls
//	salesforce KEY F=V...  edits the contact with this Customer_Id__c in the embedded org, by hand
//	replace FILE OLD NEW   replaces text in a file
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"screen": screen, "salesforce": edit, "replace": replace,
		},
	})
}

// screen compares standard output with a file.
func screen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: screen FILE")
	}
	got, want := steady(ts.ReadFile("stdout")), steady(ts.ReadFile(args[0]))
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		ts.Fatalf("the screen differs; got:\n%s\nwant:\n%s", got, want)
	}
}

// steady replaces what differs from run to run.
func steady(s string) string {
	for _, r := range [][2]string{
		{`;  [0-9a-f]{6}\n`, ";  PLAN\n"},
		{`\b\d{8}-\d{6}-[0-9a-f]{4}\b`, "RUN"},
		{`last apply [0-9-]{10} [0-9:]{5}, [0-9a-f]{4}`, "last apply TIME, RUN"},
		{`(?m)^Cost    .*$`, "Cost    CALLS"},
		{`<pii [0-9a-f]{8}>`, "<pii TOKEN>"},
		{`\b00DEM[0-9A-Za-z]{13}\b`, "ORG"},
	} {
		s = regexp.MustCompile(r[0]).ReplaceAllString(s, r[1])
	}
	return s
}

func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o644))
}

// edit changes a record as somebody in Salesforce would: through the server of `signalsmith emulator`.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: salesforce KEY FIELD=VALUE...")
	}
	fields := map[string]string{}
	for _, a := range args[1:] {
		f, v, _ := strings.Cut(a, "=")
		fields[f] = v
	}
	body, err := json.Marshal(fields)
	ts.Check(err)
	ts.Check(serving(ts.MkAbs("."), func(base, token string) error {
		q := url.QueryEscape("SELECT Id FROM Contact WHERE Customer_Id__c = '" + args[0] + "'")
		raw, err := call("GET", base+"/services/data/v59.0/query?q="+q, token, nil)
		if err != nil {
			return err
		}
		var found struct{ Records []struct{ ID string } }
		if err := json.Unmarshal(raw, &found); err != nil || len(found.Records) != 1 {
			return fmt.Errorf("looking for %s: %s", args[0], raw)
		}
		_, err = call("PATCH", base+"/services/data/v59.0/sobjects/Contact/"+found.Records[0].ID, token, body)
		return err
	}))
}

func call(method, address, token string, body []byte) ([]byte, error) {
	req, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, address, res.Status, raw)
	}
	return raw, err
}

// serving runs `signalsmith emulator` in a directory, calls do with what it prints, and interrupts it.
func serving(dir string, do func(base, token string) error) error {
	stop := make(chan struct{})
	out, in := io.Pipe()
	var problems bytes.Buffer
	app := program(stop)
	app.Stdout, app.Stderr = in, &problems
	ended := make(chan int, 1)
	go func() {
		ended <- app.Run(context.Background(), []string{"-C", dir, "emulator"})
		_ = in.Close()
	}()
	var base, token string
	_, err := fmt.Fscanf(out, "url %s\ntoken %s\n", &base, &token)
	if err == nil {
		err = do(base, token)
	}
	close(stop)
	if code := <-ended; code != 0 {
		return fmt.Errorf("the emulator ended with %d: %s (%w)", code, problems.String(), err)
	}
	return err
}

// program is the application with quiet streams.
func program(stop chan struct{}) *cli.App {
	return &cli.App{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Stop: stop,
		Env: func(string) (string, bool) { return "", false }, Now: time.Now,
		Registry: registry(), Emulators: emulators(), Version: cli.Version{Number: number},
	}
}

func TestInterruptedCommandsSaySo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	if code := program(nil).Run(context.Background(), []string{"-C", dir, "init"}); code != 0 {
		t.Fatal("init ended with", code)
	}
	stop := make(chan struct{})
	close(stop)
	for _, command := range []string{"plan", "apply", "validate"} {
		app := program(stop)
		var problems bytes.Buffer
		app.Stderr = &problems
		if code := app.Run(context.Background(), []string{"-C", dir, command}); code != 130 {
			t.Errorf("%s ended with %d: %s", command, code, problems.String())
		}
		if !strings.Contains(problems.String(), "Interrupted.") {
			t.Errorf("%s said %q", command, problems.String())
		}
	}
}

func TestBlockedPlanEndsWithThree(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	if code := program(nil).Run(context.Background(), []string{"-C", dir, "init"}); code != 0 {
		t.Fatal("init ended with", code)
	}
	guard := []byte("signalsmith {\n  guard { max_reject = 0 }\n}\n")
	main, err := os.ReadFile(filepath.Join(dir, "main.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(main, []byte("signalsmith {\n"))
	end := at + bytes.Index(main[at:], []byte("}\n")) + 2
	main = slices.Concat(main[:at], guard, main[end:])
	rows := []byte("customer_id,first_name,last_name,email,lifetime_value\nC-1,Ada,Lovelace,nobody,1\nC-2,Ada,Lovelace,,1\n")
	for name, text := range map[string][]byte{"main.hcl": main, "customers.csv": rows} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"plan"}, {"plan", "--exit-code"}, {"plan", "--rejects"}, {"plan", "--format", "json"}, {"apply", "--yes"}, {"apply"}} {
		app := program(nil)
		var problems bytes.Buffer
		app.Stderr = &problems
		if code := app.Run(context.Background(), append([]string{"-C", dir}, args...)); code != 3 {
			t.Errorf("%v ended with %d: %s", args, code, problems.String())
		}
	}
}
