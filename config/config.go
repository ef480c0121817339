// Package config turns the *.hcl files of a directory into typed blocks. Every file of the package holds one block
// type: the type, its schema, its decoding, in that order.
//
// All problems of a configuration are collected; what could be read is returned beside them.
package config

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/signalsmith/signalsmith/config/schema"
)

// Config is one directory's configuration: the union of its *.hcl files, in no particular order.
type Config struct {
	Dir     string // absolute
	Project Project

	Sources      map[string]*Source // by address, as in "source.duckdb.files"
	Models       map[string]*Model  // by address, as in "model.customers"
	Destinations map[string]*Destination
	Targets      map[string]*Target
	Mappings     map[string]*Mapping
	Syncs        map[string]*Sync

	Allows  []*Allow   // in the order of files and lines
	Moved   []*Moved   // likewise; those of a block with for_each one by one
	Removed []*Removed // likewise

	// Files holds the text of every file by the name that ranges use, for showing excerpts.
	Files map[string]*hcl.File
}

// Options say what a configuration may contain and where its variables come from.
type Options struct {
	// Sources and Destinations are the block schemas of the providers, by kind.
	Sources      map[string]*schema.Block
	Destinations map[string]*schema.Block

	// Vars are NAME=VALUE of --var, VarFiles the paths of --var-file, both in the order of the command line.
	Vars     []string
	VarFiles []string

	// Env looks up an environment variable: SIGNALSMITH_VAR_name for variables, and what env() reads.
	Env func(string) (string, bool)

	// Version is the running version, for required_version.
	Version string

	// Now tells whether an allow block has expired; nil is time.Now.
	Now func() time.Time

	// Everything lets through what the language has and the engine does not carry out yet (C113). It is for tests of
	// how such configurations are read, and for nothing else: what is read would be ignored.
	Everything bool
}
