// The echo and the hop in Go, as its engineers would ship them: one structured log line per request, a histogram, timeouts
// and a graceful shutdown. The benchmark compares the services with it: docs/performance.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	headerTimeout   = 15 * time.Second
	idleTimeout     = 72 * time.Second
	shutdownTimeout = 20 * time.Second
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	if err := run(logger); err != nil {
		logger.Error("stopping after an error", "error", err)
		os.Exit(1)
	}
}

// run serves until a signal arrives. PORT has the echo, ADMIN_PORT the metrics. With BACKEND it is a hop.
func run(logger *slog.Logger) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	handler := http.Handler(http.HandlerFunc(echo))
	if backend := os.Getenv("BACKEND"); backend != "" {
		handler = newHop(backend)
	}
	server := newServer(observe(logger, handler))
	admin := newServer(promhttp.Handler())
	failed := make(chan error, 2)
	if err := serve(server, os.Getenv("PORT"), failed); err != nil {
		return err
	}
	if err := serve(admin, os.Getenv("ADMIN_PORT"), failed); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	logger.Info("draining")
	limit, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	return errors.Join(server.Shutdown(limit), admin.Shutdown(limit))
}

func newServer(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout}
}

func serve(server *http.Server, port string, failed chan<- error) error {
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		return fmt.Errorf("listen on port %q: %w", port, err)
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	return nil
}

// echo is the backend: it responds with its version.
func echo(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"version": "11.0"})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
