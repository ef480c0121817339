package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// firstOutput measures the wall time from the start of a plan of the quickstart to the first byte it prints.
func firstOutput(repeat int) {
	dir, err := os.MkdirTemp("", "bench")
	check(err)
	defer os.RemoveAll(dir)
	tool := filepath.Join(dir, "signalsmith")
	out, err := exec.Command("go", "build", "-o", tool, "./cmd/signalsmith").CombinedOutput()
	if err != nil {
		check(fmt.Errorf("%w: %s", err, out))
	}
	project := filepath.Join(dir, "project")
	check(os.CopyFS(project, os.DirFS("examples/quickstart")))
	var all []time.Duration
	for range repeat {
		r, w, err := os.Pipe()
		check(err)
		c := exec.Command(tool, "-C", project, "plan")
		c.Stdout, c.Stderr = w, w
		start := time.Now()
		check(c.Start())
		check(w.Close())
		if _, err := io.ReadFull(r, make([]byte, 1)); err != nil {
			check(errors.Join(err, errors.New("the plan printed nothing")))
		}
		all = append(all, time.Since(start))
		_, err = io.Copy(io.Discard, r)
		check(errors.Join(err, c.Wait()))
	}
	slices.Sort(all)
	fmt.Printf("\nFrom the start of a plan of the quickstart to its first output: %d ms\n", all[len(all)/2].Milliseconds())
}
