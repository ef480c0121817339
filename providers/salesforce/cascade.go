package salesforce

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/signalsmith/signalsmith/providers"
	"github.com/signalsmith/signalsmith/providers/salesforce/canon"
	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// maxDepth bounds how far cascades are followed: master-detail relationships go three levels deep (Salesforce Help,
// "Considerations for Object Relationships"), and standard objects no deeper.
const maxDepth = 4

// Cascades counts what deletes take along, by the relationships that Describe marks cascadeDelete. A child is counted
// through the path to its ancestor (Contact.AccountId), so that no ids of the levels between are read.
func (d *destination) Cascades(ctx context.Context, object *providers.Object, ids []string) (map[string]int64, error) {
	out := map[string]int64{}
	var keys []string
	for _, id := range ids {
		if full, ok := canon.ID(id); ok {
			keys = append(keys, quote(full))
		}
	}
	slices.Sort(keys)
	if keys = slices.Compact(keys); len(keys) == 0 {
		return out, nil
	}
	c, err := d.client(ctx)
	if err != nil {
		return nil, err
	}
	found, err := d.descendants(ctx, object)
	if err != nil {
		return nil, err
	}
	var counts []*tally
	for _, name := range slices.Sorted(maps.Keys(found)) {
		counts = append(counts, found[name].tallies(c, name, keys)...)
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(readInFlight)
	for few := range slices.Chunk(counts, maxQueries) {
		g.Go(func() error { return count(gctx, c, few) })
	}
	if err := g.Wait(); err != nil {
		return nil, d.explained("counting the children of "+object.Name, err)
	}
	for _, t := range counts {
		if t.n > 0 {
			out[t.object] += t.n
		}
	}
	return out, nil
}

// lineage is how records of one object lead to the records that are deleted.
type lineage struct {
	paths []string // any of them
	// through are references to several objects, which no path can follow: they are asked for through the object
	// between, one at a time, since SOQL joins no such conditions with OR.
	through []string // "WhoId IN (SELECT Id FROM Contact WHERE AccountId IN (%s))"
}

// descendants finds the objects that are deleted along with an object, level by level.
func (d *destination) descendants(ctx context.Context, top *providers.Object) (map[string]*lineage, error) {
	type place struct {
		object *providers.Object
		path   string // from the object to the records that are deleted; "" at the top
		above  []string
	}
	found := map[string]*lineage{}
	level := []place{{object: top, above: []string{top.Name}}}
	for depth := 0; depth < maxDepth && len(level) > 0; depth++ {
		var names []string
		for _, p := range level {
			for _, c := range p.object.Children {
				if c.CascadeDelete && holdsRecords(c.Object) && !slices.Contains(names, c.Object) {
					names = append(names, c.Object)
				}
			}
		}
		if len(names) == 0 {
			break
		}
		described, err := d.Describe(ctx, names...)
		if err != nil {
			return nil, err
		}
		var next []place
		for _, p := range level {
			for _, c := range p.object.Children {
				child := described[c.Object]
				if !c.CascadeDelete || child == nil || !child.Queryable || slices.Contains(p.above, c.Object) {
					continue
				}
				f := child.Field(c.Field)
				if f == nil || !f.Filterable {
					continue
				}
				l := found[child.Name]
				if l == nil {
					l = &lineage{}
					found[child.Name] = l
				}
				path := f.Name
				switch {
				case p.path == "":
				case f.Polymorphic || f.RelationshipName == "":
					l.through = append(l.through, fmt.Sprintf("%s IN (SELECT Id FROM %s WHERE %s IN (%%s))", f.Name, p.object.Name, p.path))
					continue // what hangs on these is too far away to be asked for
				default:
					path = f.RelationshipName + "." + p.path
				}
				if !slices.Contains(l.paths, path) {
					l.paths = append(l.paths, path)
					next = append(next, place{child, path, append(slices.Clone(p.above), child.Name)})
				}
			}
		}
		level = next
	}
	return found, nil
}

// holdsRecords leaves out what Salesforce keeps beside records: their histories, feeds and shares.
func holdsRecords(object string) bool {
	for _, s := range []string{"History", "Feed", "Share", "ChangeEvent"} {
		if strings.HasSuffix(object, s) {
			return false
		}
	}
	return true
}

// tally is one counting query.
type tally struct {
	object string
	path   string // of the request
	n      int64
	tries  int
}

// tallies are the queries that count one object, each with as many ids as an address holds.
func (l *lineage) tallies(c *rest.Client, object string, keys []string) []*tally {
	var out []*tally
	ask := func(conditions []string) {
		if len(conditions) == 0 {
			return
		}
		query := "SELECT COUNT() FROM " + object + " WHERE " + strings.Join(conditions, " OR ")
		per := (maxURL - len(c.Path("/query?q="+escape(query)))) / (len(conditions) * (len(keys[0]) + 1))
		for few := range slices.Chunk(keys, max(per, 1)) {
			q := strings.ReplaceAll(query, "%s", strings.Join(few, ","))
			out = append(out, &tally{object: object, path: c.Path("/query?q=" + escape(q))})
		}
	}
	var direct []string
	for _, p := range l.paths {
		direct = append(direct, p+" IN (%s)")
	}
	ask(direct)
	for _, t := range l.through {
		ask([]string{t})
	}
	return out
}

// count asks for several counts in one call, and again for those that failed for a moment. What Salesforce refuses to
// count is no record that anybody keeps.
func count(ctx context.Context, c *rest.Client, pending []*tally) error {
	const most = 4
	for len(pending) > 0 {
		subs := make([]sub, len(pending))
		for i, t := range pending {
			subs[i] = sub{Method: http.MethodGet, Path: t.path, Ref: ref("n", i)}
		}
		parts, _, err := composite(ctx, c, rest.Query, subs)
		if err != nil {
			return err
		}
		var again []*tally
		for i := range parts {
			t := pending[i]
			f := parts[i].fault()
			if f == nil {
				var answer struct {
					Total int64 `json:"totalSize"`
				}
				if err := parts[i].decode(&answer); err != nil {
					return err
				}
				t.n = answer.Total
				continue
			}
			t.tries++
			switch {
			case f.Rule.Class == providers.ClassConfig:
			case f.Rule.Again != rest.Never && t.tries < most:
				again = append(again, t)
			default:
				return f
			}
		}
		if len(again) > 0 {
			if err := pause(ctx, c.Pause(), again[0].tries); err != nil {
				return err
			}
		}
		pending = again
	}
	return nil
}
