package entratest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Fault spoils one request to Microsoft Graph.
type Fault struct {
	// Method and Path say which request: the next one with that method, whose path after /v1.0
	// begins with Path. Empty is any.
	Method, Path string
	// Status is answered instead of anything being done. 0 breaks the connection.
	Status int
	// Code and Message are those of the error that is answered; Graph's own for 429, 503 and 504
	// when empty.
	Code, Message string
	// RetryAfter is how many seconds the answer asks to wait.
	RetryAfter int
	// Lost breaks the connection after the request was carried out. Status is not looked at.
	Lost bool
}

// Inject adds faults; each spoils the first request that fits and that no earlier fault took.
func (e *Entra) Inject(faults ...Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = append(e.faults, faults...)
}

// Throttle answers the next n requests to Microsoft Graph with 429 and Retry-After, in seconds.
func (e *Entra) Throttle(n, retryAfter int) {
	for range n {
		e.Inject(Fault{Status: http.StatusTooManyRequests, RetryAfter: retryAfter})
	}
}

// fault takes the fault that spoils a request.
func (e *Entra) fault(request *http.Request) (Fault, bool) {
	path := strings.TrimPrefix(request.URL.Path, "/v1.0")
	i := slices.IndexFunc(e.faults, func(f Fault) bool {
		return (f.Method == "" || f.Method == request.Method) && strings.HasPrefix(path, f.Path)
	})
	if i < 0 {
		return Fault{}, false
	}
	found := e.faults[i]
	e.faults = slices.Delete(e.faults, i, i+1)
	return found, true
}

// spoil answers as the fault says. It panics to break the connection.
func (f Fault) spoil(w http.ResponseWriter, request *http.Request) {
	if f.Status == 0 {
		panic(http.ErrAbortHandler)
	}
	if f.RetryAfter > 0 || f.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	told := map[int]*failure{
		http.StatusTooManyRequests:    {code: "TooManyRequests", message: "Too many requests"},
		http.StatusServiceUnavailable: {code: "ServiceUnavailable", message: "Service is temporarily unavailable. Please wait and retry again."},
		http.StatusGatewayTimeout:     {code: "UnknownError", message: ""},
	}[f.Status]
	if told == nil {
		told = &failure{code: "UnknownError"}
	}
	if f.Code != "" {
		told = &failure{code: f.Code, message: f.Message}
	}
	told.status = f.Status
	told.write(w, request)
}
