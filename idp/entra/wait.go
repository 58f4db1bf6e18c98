package entra

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mcpreg/mcpreg/idp"
)

// The directory of Entra ID answers from many copies, and what was written to one shows on the
// others seconds to minutes later. Waits double from firstWait to longestWait, each a little longer
// or shorter by chance, and end after patience.
const (
	firstWait   = time.Second
	longestWait = 15 * time.Second
	patience    = 2 * time.Minute
)

// errNotYet reports something that was written and does not read so yet.
var errNotYet = errors.New("it does not read as it was written yet")

// untilKnown runs try until it succeeds, or fails for another reason than that the directory does
// not know yet what this run wrote. Waiting is said, once. It fails with ctx's error when ctx ends,
// and with an [*idp.Error] when patience does.
func (p *Provider) untilKnown(ctx context.Context, what string, notYet func(error) bool, try func() error) error {
	wait, waited := firstWait, time.Duration(0)
	for {
		err := try()
		if err == nil || !notYet(err) {
			return err
		}
		if waited >= patience {
			return outOfPatience(what, err)
		}
		if waited == 0 && p.config.Waiting != nil {
			p.config.Waiting(fmt.Sprintf("waiting for Entra to know %s, up to %d min", what, patience/time.Minute))
		}
		// Three quarters to five quarters, so that many who wait do not ask at once.
		span := wait*3/4 + rand.N(wait/2)
		if err := p.pause(ctx, span); err != nil {
			return err
		}
		waited += span
		wait = min(2*wait, longestWait)
	}
}

func outOfPatience(what string, err error) error {
	e := &idp.Error{
		Code: idp.CodeFailed, Failure: "EN28", Err: err,
		Message: fmt.Sprintf("Entra still does not know %s after %s", what, patience),
		Hint:    "nothing is lost: run the same command again in some minutes, it finishes what was begun",
	}
	if errors.Is(err, errNotYet) {
		e.Message = fmt.Sprintf("%s was written, but still reads otherwise after %s", what, patience)
		e.Hint = "somebody else may write it, or a policy of the tenant: compare with mcpreg entra plan"
	}
	return e
}

// fresh are the ids of what this run wrote: only for these is "not found" a matter of time.
type fresh struct{ ids []string }

func (f *fresh) add(ids ...string) { f.ids = append(f.ids, ids...) }

// unknown returns what tells, of an error in a request about these ids, whether time will help.
func (f *fresh) unknown(ids ...string) func(error) bool {
	young := slices.ContainsFunc(ids, func(id string) bool { return id != "" && slices.Contains(f.ids, id) })
	return func(err error) bool {
		return errors.Is(err, errNotYet) || (young && unknownObject(err))
	}
}

// unknownObject recognises how Graph says that it does not know an object: status 404; and 400 or
// 403 when the object is named in a body, in one of several wordings. Other refusals are final.
func unknownObject(err error) bool {
	code, message := codeAndMessage(err)
	switch statusOf(err) {
	case http.StatusNotFound:
		return true
	case http.StatusForbidden: // of a new service principal, to a caller with Application.ReadWrite.OwnedBy
		return strings.Contains(message, "backing application of the service principal being created must in the local tenant")
	case http.StatusBadRequest:
		if code == "NoBackingApplicationObject" {
			return true
		}
		message = strings.ToLower(message)
		return slices.ContainsFunc([]string{
			"does not reference a valid application object", "nobackingapplicationobject", // a new service principal
			"cannot be found in the apppermissions sets", // a pre-authorization of a new permission
			"reference-property objects are not present", // a consent
		}, func(phrase string) bool { return strings.Contains(message, phrase) })
	}
	return false
}
