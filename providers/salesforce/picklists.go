package salesforce

import (
	"context"
	"net/http"
	"strings"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// describedLayouts is the part of an answer to describe/layouts that is used (REST API Developer Guide, "sObject Describe
// Layouts"; the members of a mapping are those of describeLayout's RecordTypeMapping). Of an object with several record types
// it holds no layouts.
type describedLayouts struct {
	Mappings []struct {
		RecordTypeID string `json:"recordTypeId"`
		Picklists    []struct {
			Name   string `json:"picklistName"`
			Values []struct {
				Value  string `json:"value"`
				Active *bool  `json:"active"`
			} `json:"picklistValues"`
		} `json:"picklistsForRecordType"`
	} `json:"recordTypeMappings"`
}

// RecordTypePicklists asks for the layouts of up to 25 objects a call: there Salesforce tells the values by record type.
func (d *destination) RecordTypePicklists(ctx context.Context, objects ...*providers.Object) error {
	c, err := d.client(ctx)
	if err != nil {
		return err
	}
	for from := 0; from < len(objects); from += maxSubs {
		some := objects[from:min(from+maxSubs, len(objects))]
		subs := make([]sub, len(some))
		names := make([]string, len(some))
		for i, o := range some {
			subs[i] = sub{Method: http.MethodGet, Path: c.Path("/sobjects/" + o.Name + "/describe/layouts"), Ref: ref("l", i)}
			names[i] = o.Name
		}
		parts, _, err := composite(ctx, c, rest.Describe, subs)
		if err != nil {
			return d.explained("reading the picklists of "+strings.Join(first(names, 5), ", "), err)
		}
		for i := range parts {
			var l describedLayouts
			if parts[i].fault() != nil { // an object without layouts: nothing is told
				continue
			}
			if err := parts[i].decode(&l); err != nil {
				return d.explained("reading the picklists of "+names[i], err)
			}
			l.fill(some[i])
		}
	}
	return nil
}

func (l *describedLayouts) fill(o *providers.Object) {
	for _, m := range l.Mappings {
		id, _ := canon.ID(m.RecordTypeID)
		for i := range o.RecordTypes {
			if o.RecordTypes[i].ID != id || len(m.Picklists) == 0 {
				continue
			}
			values := make(map[string][]string, len(m.Picklists))
			for _, p := range m.Picklists {
				list := []string{}
				for _, v := range p.Values {
					if v.Active == nil || *v.Active {
						list = append(list, v.Value)
					}
				}
				values[p.Name] = list
			}
			o.RecordTypes[i].Values = values
		}
	}
}
