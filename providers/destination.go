package providers

import (
	"context"
	"iter"
	"time"

	"github.com/signalsmith/signalsmith/config/schema"
)

// Destination is an org that records are read from and written to. It may be used by several goroutines; it paces
// itself, retries what is safe to retry, refreshes its login, and counts its calls. Errors are diag.Diagnostics
// where the user can do something about them. The engine closes it.
type Destination interface {
	// Org tells which org this is and as whom we write. Asked once, then remembered.
	Org(ctx context.Context) (Org, error)

	// Objects lists the names of all objects, for suggestions.
	Objects(ctx context.Context) ([]ObjectName, error)

	// Describe describes objects by API name, whatever their case. An object that does not exist, or that the
	// user may not see, is absent from the result; the keys are the names as asked.
	Describe(ctx context.Context, names ...string) (map[string]*Object, error)

	// RecordTypePicklists fills in RecordType.Values of described objects that have record types: one call for up to 25
	// of them. Where the org does not tell, Values stays nil.
	RecordTypePicklists(ctx context.Context, objects ...*Object) error

	// Read streams live records. yield is never called concurrently; an error it returns stops the read and is
	// returned. The order is not defined. A record may come more than once only if it was asked for by several keys.
	Read(ctx context.Context, r Read, yield func(Record) error) error

	// Users gives the user names of user ids; unknown ids are absent.
	Users(ctx context.Context, ids []string) (map[string]string, error)

	// Write sends rows and reports one outcome for each row that was tried, in any order, several at a time; done
	// is never called concurrently. A nil error means that every row has its outcome. An error means that the
	// item was stopped (its class is a *Stop): rows without outcome were not tried, or, where the outcome says
	// so, are in doubt.
	Write(ctx context.Context, w Write, rows iter.Seq2[Row, error], done func([]Outcome) error) error

	// Cascades counts the records that Salesforce would delete along with records of an object, by object name: its
	// children, their children, and so on. Objects of which there are none are absent, and so are those that hold no
	// records of their own (histories, feeds, shares) or that cannot be queried. A record with several parents among
	// the ids counts once, unless there are so many ids that they are asked for in several queries.
	Cascades(ctx context.Context, object *Object, ids []string) (map[string]int64, error)

	// WriteCalls and ReadCalls tell how many calls a Write of so many rows and a Read of Count records by their ids take,
	// where nothing goes wrong: no answer is lost, and no row is refused. They make none, and pull no keys.
	WriteCalls(w Write, rows int64) int64
	ReadCalls(r Read) int64

	// Usage tells the calls made by this process and what the org has left.
	Usage() Usage

	Close() error
}

// Org is an org's identity.
type Org struct {
	ID         string // 18 characters
	Name       string
	Production bool
	User       string // user name
	UserID     string
	Embedded   bool // a local org that lives in a file
}

// ObjectName is one line of the list of objects.
type ObjectName struct {
	Name  string
	Label string
}

// Read asks for live records of one object. A field may lead to a parent: Account.Code__c, or Owner:User.Username where
// the reference leads to several objects.
type Read struct {
	Object *Object
	Fields []Field // whose canonical values are wanted, in this order; fields of the object only

	// By says how records are found: the field Id, or a match field, whose values are Keys; Count tells how many
	// keys there are. Deleted asks for records in the recycle bin too (by Id only): such a record says whether it was
	// merged into another one. A record that is absent even so was purged, or never was.
	By      Field
	Keys    iter.Seq2[string, error]
	Count   int64
	Deleted bool
}

// Record is a live record.
type Record struct {
	ID         string
	Values     []Text // parallel to Read.Fields
	Match      Text   // the value of Read.By
	Deleted    bool
	MasterID   string // the record it was merged into, if it was; that may have been merged in turn
	Converted  bool   // a Lead that was converted: it is read-only
	ModifiedAt time.Time
	ModifiedBy string // user id
}

// Op is what is done with a record.
type Op string

// The operations. What can be repeated is repeated until its outcome is known:
//
//	upsert  creates by match field, and updates what somebody else created meanwhile; repeatable
//	update  changes a record by id; repeatable
//	insert  creates, whatever there is already; never sent again once an answer is missing: such a row has ClassDoubt
//	delete  moves a record to the recycle bin by id, with the children that Salesforce deletes along; repeatable. A
//	        record that is in the bin already is OK and Gone, also when it was our own first try that brought it there;
//	        an id that names no record fails with INVALID_CROSS_REFERENCE_KEY, since it may be one that we cannot see
const (
	OpUpsert Op = "upsert"
	OpUpdate Op = "update"
	OpInsert Op = "insert"
	OpDelete Op = "delete"
)

// Creates tells whether the operation can create records.
func (op Op) Creates() bool { return op == OpUpsert || op == OpInsert }

// ByID tells whether the operation finds its records by id.
func (op Op) ByID() bool { return op == OpUpdate || op == OpDelete }

// Write is one kind of write to one object.
type Write struct {
	Object *Object
	Op     Op
	Match  *Field // of OpUpsert

	// Fields are what Row.Values refer to; of OpDelete there are none. A field may lead to a parent, as in Read: then
	// the reference gets the record that the value names, and a null clears it. RecordType.DeveloperName names a
	// record type of this very object.
	Fields []Field

	// Assignment says which assignment rule gives created records an owner: none for "" and AssignOff, the active one
	// for AssignActive, or the rule with this id. Updates and deletes never reassign. An upsert that finds a record
	// which somebody created meanwhile assigns that one.
	Assignment string

	// AllowDuplicates saves rows that a duplicate rule only warns about. A rule that blocks is not overruled.
	AllowDuplicates bool
}

// What Write.Assignment can be besides the id of a rule.
const (
	AssignOff    = "off"
	AssignActive = "active"
)

// Row is one record to write. The slice Values is the destination's until its outcome is reported.
type Row struct {
	Key    string // comes back in the outcome
	ID     string // of OpUpdate and OpDelete
	Values []Value
}

// Value is one field of a row; a null text clears the field.
type Value struct {
	Field int // index into Write.Fields
	Text  Text
}

// Outcome is what became of one row.
type Outcome struct {
	Key     string
	ID      string // 18 characters; empty unless OK
	OK      bool
	Created bool
	Gone    bool      // of OpDelete: the record was in the recycle bin already
	At      time.Time // the server's time of the answer, to the second

	// For rows that failed: Salesforce's own code and message, the fields it named, and the class.
	Code    string
	Message string
	Fields  []string
	Class   Class
}

// Class says what can be done about a failure (Salesforce's error classes).
type Class string

// The classes that an outcome or a Stop can have; what can be retried has been.
const (
	ClassRow    Class = "row"    // this row's data is bad; others go on
	ClassConfig Class = "config" // the mapping cannot work; the item stops
	ClassAuth   Class = "auth"   // the login is not accepted
	ClassQuota  Class = "quota"  // no calls, storage or licences are left
	ClassOrg    Class = "org"    // the org takes no writes now (maintenance, locked)
	ClassRetry  Class = "retry"  // still failing after the retries; again next time
	ClassDoubt  Class = "doubt"  // sent, but no answer came
)

// Stop is the error of Write when an item was stopped.
type Stop struct {
	Class   Class
	Code    string
	Message string
	Err     error
}

// Error says what stopped the item.
func (s *Stop) Error() string { return s.Code + ": " + s.Message }

// Unwrap gives the diagnostics, if there are any.
func (s *Stop) Unwrap() error { return s.Err }

// Usage counts API calls.
type Usage struct {
	Calls    int64 // made by this process
	Describe int64 // of these, describe calls
	Query    int64 // of these, reading records
	Write    int64 // of these, writing
	Left     int64 // of the org's day, -1 where it is not known
	Max      int64
	Reserve  int64 // of Max, what is never to be used
}

// DestinationFactory opens destinations of one kind.
type DestinationFactory interface {
	Kind() string
	Schema() *schema.Block

	// Open makes no call; it fails where the block cannot work (no credentials, a schema file that cannot be read).
	Open(ctx context.Context, s DestinationSpec) (Destination, error)

	// Explain gives cause and fix of one of the destination's own error codes, as markdown; ok is false for
	// unknown codes. Codes lists them.
	Explain(code string) (text string, ok bool)
	Codes() []string
}

// DestinationSpec is one destination block.
type DestinationSpec struct {
	Name      string
	Dir       string // relative paths start here
	Body      *schema.Body
	Now       func() time.Time
	UserAgent string
	// Throttled, if not nil, is told when the destination waits before it goes on.
	Throttled func(wait time.Duration, why string)
}

// Registry holds the providers that main passes on.
//
// The first of Workspaces keeps the state in a file; Warehouses keep it in a schema of their own. Scanners read the
// sources that the first workspace cannot see.
type Registry struct {
	Workspaces   []WorkspaceFactory
	Warehouses   []WorkspaceFactory
	Scanners     []ScannerFactory
	Destinations []DestinationFactory
}

// Warehouse finds a factory by kind, nil where there is none.
func (r Registry) Warehouse(kind string) WorkspaceFactory {
	for _, f := range r.Warehouses {
		if f.Kind() == kind {
			return f
		}
	}
	return nil
}

// Scanner finds a factory by kind, nil where there is none.
func (r Registry) Scanner(kind string) ScannerFactory {
	for _, f := range r.Scanners {
		if f.Kind() == kind {
			return f
		}
	}
	return nil
}

// Sources gives the schemas of all sources, by kind.
func (r Registry) Sources() map[string]*schema.Block {
	out := map[string]*schema.Block{}
	for _, f := range r.Workspaces {
		out[f.Kind()] = f.Schema()
	}
	for _, f := range r.Warehouses {
		out[f.Kind()] = f.Schema()
	}
	for _, f := range r.Scanners {
		out[f.Kind()] = f.Schema()
	}
	return out
}

// Workspace finds a factory by kind, nil where there is none.
func (r Registry) Workspace(kind string) WorkspaceFactory {
	for _, f := range r.Workspaces {
		if f.Kind() == kind {
			return f
		}
	}
	return nil
}

// Destination finds a factory by kind, nil where there is none.
func (r Registry) Destination(kind string) DestinationFactory {
	for _, f := range r.Destinations {
		if f.Kind() == kind {
			return f
		}
	}
	return nil
}
