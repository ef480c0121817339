package salesforce

import (
	"context"

	"github.com/signalsmith/signalsmith/providers/salesforce/rest"
)

// openEmbedded starts the embedded org; the caller holds mu.
func (d *destination) openEmbedded(ctx context.Context) (*rest.Client, error) {
	return nil, d.diagnostic(codeOrgFile, "The embedded org cannot be started.", "path")
}
