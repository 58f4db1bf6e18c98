package cmd

import (
	"fmt"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// scalar is one setting that a flag or an environment variable gives.
type scalar struct {
	flag string
	env  string
}

// scalars reads settings with one precedence: a flag that was given, then the environment, then
// the flag's default. An empty variable counts as not set.
type scalars struct{ v *viper.Viper }

func newScalars(flags *pflag.FlagSet, lookupEnv func(string) (string, bool), settings ...scalar) (*scalars, error) {
	v := viper.New()
	environment := map[string]any{}
	for _, s := range settings {
		flag := flags.Lookup(s.flag)
		if flag == nil {
			return nil, fmt.Errorf("no flag --%s", s.flag)
		}
		if err := v.BindPFlag(s.flag, flag); err != nil {
			return nil, fmt.Errorf("binding --%s: %w", s.flag, err)
		}
		if value, ok := lookupEnv(s.env); ok && value != "" {
			environment[s.flag] = value
		}
	}
	// The environment was handed in, so it enters as viper's configuration layer, which stands
	// where its own environment layer would: below flags, above defaults.
	if err := v.MergeConfigMap(environment); err != nil {
		return nil, fmt.Errorf("reading the environment: %w", err)
	}
	return &scalars{v: v}, nil
}

func (s *scalars) text(flag string) string { return s.v.GetString(flag) }
