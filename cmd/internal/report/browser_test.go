package report

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signalsmith/signalsmith/engine/plan"
)

// browser is a headless Chromium, driven through the pipes of its debugging protocol.
type browser struct {
	t       *testing.T
	in      *os.File
	out     *bufio.Reader
	session string
	id      int
	seen    []message // events since the last navigation
}

type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct{ Message string }
}

// chromium starts the browser that SIGNALSMITH_CHROMIUM names.
func chromium(t *testing.T) *browser {
	t.Helper()
	program := os.Getenv("SIGNALSMITH_CHROMIUM")
	if program == "" {
		t.Skip("SIGNALSMITH_CHROMIUM names no browser")
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirIn.Close(), theirOut.Close()
	t.Cleanup(func() {
		_, _ = in.WriteString(`{"id":1000000,"method":"Browser.close"}` + "\x00")
		_, _ = in.Close(), out.Close()
		ended := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		ended.Stop()
		if t.Failed() {
			t.Logf("the browser said:\n%s", said.String())
		}
	})
	b := &browser{t: t, in: in, out: bufio.NewReaderSize(out, 1<<20)}
	target := b.call("Target.createTarget", map[string]any{"url": "about:blank"})
	b.session = b.call("Target.attachToTarget", map[string]any{"targetId": target["targetId"], "flatten": true})["sessionId"].(string)
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil)
	}
	return b
}

// next reads one message.
func (b *browser) next() message {
	b.t.Helper()
	raw, err := b.out.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("reading from the browser: %v", err)
	}
	var m message
	if err := json.Unmarshal(raw[:len(raw)-1], &m); err != nil {
		b.t.Fatal(err)
	}
	return m
}

// call carries out one command of the protocol.
func (b *browser) call(method string, params map[string]any) map[string]any {
	b.t.Helper()
	b.id++
	command := map[string]any{"id": b.id, "method": method}
	if params != nil {
		command["params"] = params
	}
	if b.session != "" {
		command["sessionId"] = b.session
	}
	raw, err := json.Marshal(command)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(raw, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	for {
		m := b.next()
		if m.ID != b.id {
			b.seen = append(b.seen, m)
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		var out map[string]any
		if err := json.Unmarshal(m.Result, &out); err != nil {
			b.t.Fatal(err)
		}
		return out
	}
}

// open shows a file at a width, in light or dark.
func (b *browser) open(file string, width int, scheme string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false})
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}})
	b.seen = nil
	b.call("Page.navigate", map[string]any{"url": (&url.URL{Scheme: "file", Path: file}).String()})
	for !slices.ContainsFunc(b.seen, func(m message) bool { return m.Method == "Page.loadEventFired" }) {
		b.seen = append(b.seen, b.next())
	}
}

// run evaluates an expression, whose value it decodes.
func (b *browser) run(expression string, into any) {
	b.t.Helper()
	got := b.call("Runtime.evaluate", map[string]any{"expression": "JSON.stringify(" + expression + ")", "returnByValue": true})
	if e := got["exceptionDetails"]; e != nil {
		b.t.Fatalf("%s: %v", expression, e)
	}
	if err := json.Unmarshal([]byte(got["result"].(map[string]any)["value"].(string)), into); err != nil {
		b.t.Fatal(err)
	}
}

// complaints lists what the page should not have done: errors on the console, and requests beyond itself.
func (b *browser) complaints(file string) []string {
	var out []string
	for _, m := range b.seen {
		var p struct {
			Type    string
			Entry   struct{ Level, Text string }
			Request struct{ URL string }
		}
		_ = json.Unmarshal(m.Params, &p)
		switch {
		case m.Method == "Runtime.exceptionThrown", m.Method == "Runtime.consoleAPICalled", m.Method == "Log.entryAdded":
			out = append(out, fmt.Sprintf("%s %s", m.Method, m.Params))
		case m.Method == "Network.requestWillBeSent" && p.Request.URL != (&url.URL{Scheme: "file", Path: file}).String():
			out = append(out, "request to "+p.Request.URL)
		}
	}
	return out
}

// contrast finds text that is hard to read: its colour against the ground that it stands on, by the rule of WCAG 2, which
// asks for 4.5.
const contrast = `(() => {
  const rgba = c => { const m = c.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m };
  const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const poor = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    let ground = e;
    while (ground && rgba(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
    const a = light(rgba(getComputedStyle(e).color)), b = light(rgba(getComputedStyle(ground || document.body).backgroundColor));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(e.className + ': ' + ratio.toFixed(2) + ' ' + e.textContent.slice(0, 30));
  }
  return poor.slice(0, 5);
})()`

// TestPageInABrowser opens the report in Chromium.
func TestPageInABrowser(t *testing.T) {
	b := chromium(t)
	dir := t.TempDir()
	for _, name := range []string{"review", "typical", "unknown", "rejects", "long", "hostile", "failed", "none", "huge"} {
		p := hostile(strings.Repeat("Loooooooong", 400) + "<b>\u202e")
		if name != "huge" {
			p = document(t, name)
		}
		file := filepath.Join(dir, name+".html")
		if err := os.WriteFile(file, []byte(render(t, "html", p, Options{})), 0o600); err != nil {
			t.Fatal(err)
		}
		var grounds []string
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int{400, 1200} {
				where := fmt.Sprintf("%s, %s, %d px", name, scheme, width)
				b.open(file, width, scheme)
				for _, open := range []bool{false, true} {
					var size struct{ Content, Window int }
					b.run(fmt.Sprintf("(document.querySelectorAll('details').forEach(d => d.open = %t), {Content: document.documentElement.scrollWidth, Window: document.documentElement.clientWidth})", open), &size)
					if size.Content > size.Window || size.Window > width {
						t.Errorf("%s: the content takes %d of %d pixels (details open: %t)", where, size.Content, size.Window, open)
					}
				}
				var poor []string
				if b.run(contrast, &poor); len(poor) > 0 {
					t.Errorf("%s: hard to read: %q", where, poor)
				}
				var nameless int
				b.run("document.querySelectorAll('svg:not([aria-hidden]):not([aria-label])').length", &nameless)
				if nameless > 0 {
					t.Errorf("%s: %d pictures have no text", where, nameless)
				}
				var ground string
				b.run("getComputedStyle(document.body).backgroundColor", &ground)
				grounds = append(grounds, ground)
				if name != "huge" {
					picture(t, b, fmt.Sprintf("%s-%s-%d", name, scheme, width))
				}
				if said := b.complaints(file); len(said) > 0 {
					t.Errorf("%s: %q", where, said)
				}
			}
		}
		if grounds[0] == grounds[2] || grounds[0] != grounds[1] {
			t.Errorf("%s: the ground is %q in light and dark", name, grounds)
		}
		numbers(t, b, name, p)
	}
}

// numbers compares what is shown with the JSON document.
func numbers(t *testing.T, b *browser, name string, p *plan.Plan) {
	t.Helper()
	doc := decoded(t, p)
	var shown [][2]string
	b.run("[...document.querySelectorAll('[data-path]')].map(e => [e.dataset.path, e.innerText])", &shown)
	for _, s := range shown {
		if want := at(t, doc, s[0]); s[1] != want {
			t.Errorf("%s: the page shows %q for %s, the document says %s", name, s[1], s[0], want)
		}
	}
	if len(shown) < 2*len(p.Items) {
		t.Errorf("%s: the page shows only %d numbers", name, len(shown))
	}
}

// picture keeps a screenshot where SIGNALSMITH_SCREENSHOTS names a directory, for people to look at.
func picture(t *testing.T, b *browser, name string) {
	t.Helper()
	dir := os.Getenv("SIGNALSMITH_SCREENSHOTS")
	if dir == "" {
		return
	}
	got := b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true})
	raw, err := base64.StdEncoding.DecodeString(got["data"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
