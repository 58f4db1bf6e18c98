package connect

// Warning is something that will not work as printed, or not for everybody.
type Warning struct {
	Failure string `json:"failure,omitempty"` // id in the failure catalogue
	Text    string `json:"text"`
	Fix     string `json:"fix,omitempty"`
}
