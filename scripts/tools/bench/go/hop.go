package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	backendTimeout = 2 * time.Second
	maxConnections = 256
	maxBody        = 64 * 1024
)

// response is the frontend's: the backend's version, and facts about this process.
type response struct {
	Backend  string `json:"backend"`
	EC2IP    string `json:"ec2IP"`
	Hostname string `json:"hostname"`
	Time     string `json:"time"`
	Version  string `json:"version"`
	Error    string `json:"error,omitempty"`
}

type hop struct {
	backend  string
	hostname string
	client   *http.Client
}

func newHop(backend string) *hop {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = maxConnections
	transport.MaxConnsPerHost = maxConnections
	hostname, _ := os.Hostname()
	return &hop{backend: backend, hostname: hostname, client: &http.Client{Transport: transport, Timeout: backendTimeout}}
}

func (h *hop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := response{Hostname: h.hostname, Time: time.Now().Format(time.TimeOnly), Version: "2.0"}
	status := http.StatusOK
	version, err := h.fetchVersion(r.Context(), w.Header().Get("X-Request-Id"))
	if err != nil {
		status, version, body.Error = http.StatusBadGateway, "error", err.Error()
	}
	body.Backend = version
	writeJSON(w, status, body)
}

func (h *hop) fetchVersion(ctx context.Context, requestID string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.backend, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("X-Request-Id", requestID)
	answer, err := h.client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	bytes, err := io.ReadAll(io.LimitReader(answer.Body, maxBody))
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the backend responded with status %d", answer.StatusCode)
	}
	var parsed struct{ Version string }
	if err := json.Unmarshal(bytes, &parsed); err != nil {
		return "", err
	}
	return parsed.Version, nil
}
