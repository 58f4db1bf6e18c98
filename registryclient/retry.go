package registryclient

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	// maxAttempts bounds how often one read is sent.
	maxAttempts = 4
	// firstPause doubles with each attempt.
	firstPause = 500 * time.Millisecond
	// maxPause is the longest that a server may ask to be waited for.
	maxPause = 20 * time.Second
)

// mayPass reports whether the same read may succeed a little later.
func mayPass(err error) bool {
	var answer *Error
	if errors.As(err, &answer) {
		return answer.Status == 502 || answer.Status == 503 || answer.Status == 504
	}
	return errors.Is(err, ErrUnreachable)
}

// wait pauses before another attempt: as long as the answer asked for, else a growing time with
// jitter. It ends early with the context, whose error comes with the last one.
func (c *Client) wait(ctx context.Context, attempt int, last error) error {
	length := firstPause << (attempt - 1)
	length += rand.N(length / 2)
	var answer *Error
	if errors.As(last, &answer) && answer.RetryAfter > 0 {
		length = min(answer.RetryAfter, maxPause)
	}
	if err := pause(ctx, length); err != nil {
		return errors.Join(last, err)
	}
	return nil
}
