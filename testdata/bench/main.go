// Command bench measures plans and commits of large models, each in a process of its own, as ratios of CPU time
// within one run:
//
//	go run ./testdata/bench -rows 1000000,3000000,10000000 -limits 1024,512,256 -repeat 5
//
// The unit is scanning and hashing both inputs once (every column of the model's rows, and of the rows that the snapshot
// was made from), in the same engine with the same limits. "by hand" is the same comparison as one would write it for
// this one table: no key twice (by grouping), a full join on (key, fingerprint), then the old and new values of the keys
// that changed. The model has a key and seven other columns; 1 % of its rows are new, 1 % have left, 1 % have one other
// value. "first snapshot" and "snapshot update" are what comes after the last row was written: outcomes, commit and
// checkpoint. "apply without its plan" begins at the confirmed plan: the intent and the rows streamed out come first.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// result is what one measured process tells.
type result struct {
	CPU  float64 // seconds
	Wall float64 // seconds
	RSS  float64 // peak, MB
	Note string
}

func main() {
	task := flag.String("task", "", "run one task (used by the command itself)")
	dir := flag.String("dir", "", "where the files are (used by the command itself)")
	rows := flag.String("rows", "1000000", "numbers of rows, joined by commas")
	limits := flag.String("limits", "1024", "memory limits in MB, joined by commas")
	only := flag.String("only", strings.Join(tasks(), ","), "tasks to measure, joined by commas; the unit is always among them")
	repeat := flag.Int("repeat", 5, "repetitions; medians are told")
	flag.Parse()
	if *task != "" {
		limit, err := strconv.Atoi(*limits)
		check(err)
		n, err := strconv.Atoi(*rows)
		check(err)
		check(run(*task, *dir, n, limit))
		return
	}
	fmt.Println("| rows | limit MB | task | CPU s | x unit | wall s | peak MB |")
	fmt.Println("|--:|--:|---|--:|--:|--:|--:|")
	perRow := map[string][]float64{}
	for _, n := range strings.Split(*rows, ",") {
		measureRows(n, strings.Split(*limits, ","), *repeat, perRow, *only)
	}
	for _, limit := range strings.Split(*limits, ",") {
		if all := perRow["plan"+limit]; len(all) > 1 {
			fmt.Printf("\nCPU a row of a plan at %s MB, the largest model against the smallest: %.2f\n", limit, all[len(all)-1]/all[0])
		}
	}
	firstOutput(*repeat)
}

func rowsOf(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	check(err)
	return n
}

func measureRows(rows string, limits []string, repeat int, perRow map[string][]float64, only string) {
	dir, err := os.MkdirTemp("", "bench")
	check(err)
	defer os.RemoveAll(dir)
	child(dir, "prepare", rows, "4096")
	seeded := filepath.Join(dir, "seeded.db")
	for _, limit := range limits {
		unit := 0.0
		for _, task := range tasks() {
			if task != "unit" && !slices.Contains(strings.Split(only, ","), task) {
				continue
			}
			if (strings.Contains(task, "snapshot") || strings.HasPrefix(task, "apply")) && limit != limits[0] {
				continue
			}
			var all []result
			for range repeat {
				check(copyFile(seeded, filepath.Join(dir, "state.db")))
				all = append(all, child(dir, task, rows, limit))
			}
			r := median(all)
			if task == "unit" {
				unit = r.CPU
			}
			perRow[task+limit] = append(perRow[task+limit], r.CPU/rowsOf(rows))
			fmt.Printf("| %s | %s | %s | %.2f | %.2f | %.2f | %.0f |\n", rows, limit, task, r.CPU, r.CPU/unit, r.Wall, r.RSS)
		}
	}
}

func tasks() []string {
	return []string{"unit", "by hand", "by hand without uniqueness", "plan", "plan without changes", "first snapshot", "snapshot update", "apply without its plan"}
}

// child runs one task in a process of its own and reads what it used.
func child(dir, task, rows, limit string) result {
	self, err := os.Executable()
	check(err)
	c := exec.Command(self, "-task", task, "-dir", dir, "-rows", rows, "-limits", limit)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, os.Stderr
	start := time.Now()
	check(c.Run())
	var r result
	if out.Len() > 0 {
		check(json.Unmarshal(out.Bytes(), &r))
	}
	usage := c.ProcessState.SysUsage().(*syscall.Rusage)
	if r.Wall == 0 { // it has not measured a part of itself
		r.CPU, r.Wall = (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds(), time.Since(start).Seconds()
	}
	r.RSS = float64(usage.Maxrss) / 1024
	return r
}

func median(all []result) result {
	slices.SortFunc(all, func(a, b result) int {
		if a.CPU < b.CPU {
			return -1
		}
		return 1
	})
	return all[len(all)/2]
}

func copyFile(from, to string) error {
	_ = os.Remove(to)
	in, err := os.Open(from)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in) // not by way of memory: a child counts what its parent had
	return errors.Join(err, out.Close())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
