package entra

import (
	"context"
	"time"
)

// SetPause replaces the wait between two looks at the directory.
func (p *Provider) SetPause(pause func(context.Context, time.Duration) error) { p.pause = pause }
