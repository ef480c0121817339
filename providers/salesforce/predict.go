package salesforce

import "github.com/signalsmith/signalsmith/providers"

// WriteCalls counts full calls: five chunks of 200 rows. Rows of more than 4 kB on average need more, since a call takes
// no more than 4 MB of them.
func (d *destination) WriteCalls(_ providers.Write, rows int64) int64 {
	return ceil(rows, maxQueries*maxChunk)
}

// ReadCalls counts queries of as many ids as an address holds, five to a call.
func (d *destination) ReadCalls(r providers.Read) int64 {
	sel, err := newSelection(r)
	if err != nil || r.Count == 0 {
		return 0
	}
	const id = len("'001000000000000AAA',")
	room := maxURL - len("/services/data/"+d.set.version+"/query?q="+escape(sel.soql()+" WHERE Id IN ("))
	return ceil(ceil(r.Count, int64(max(1, min(pageRows-100, room/id)))), maxQueries)
}
