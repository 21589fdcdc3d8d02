// Signs uploads for the pages of your site: `go run go.go`. Nothing but Go is needed.
// In: {"paramsToSign":{…}}. Out: {"signature","timestamp","api_key"}.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sort"
	"strings"
	"time"
)

// What your pages may choose; all else is yours to decide.
var allowed = map[string]bool{"timestamp": true, "source": true, "upload_preset": true,
	"folder": true, "public_id": true, "tags": true, "context": true}

func text(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case []any:
		texts := make([]string, len(value))
		for at, item := range value {
			texts[at] = text(item)
		}
		return strings.Join(texts, ",")
	default:
		return fmt.Sprint(value)
	}
}

func sign(params map[string]any) string {
	var pairs []string
	for name, value := range params {
		if text(value) != "" {
			pairs = append(pairs, strings.ReplaceAll(name+"="+text(value), "&", "%26"))
		}
	}
	sort.Strings(pairs)
	digest := sha256.Sum256([]byte(strings.Join(pairs, "&") + os.Getenv("API_SECRET")))
	return hex.EncodeToString(digest[:])
}

func handle(w http.ResponseWriter, request *http.Request) {
	// Ask here who the visitor is: whoever gets a signature can upload.
	var asked struct {
		ParamsToSign map[string]any `json:"paramsToSign"`
	}
	answer := func(status int, value map[string]any) {
		w.Header().Set("content-type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(value)
	}
	reader := json.NewDecoder(io.LimitReader(request.Body, 100_000))
	reader.UseNumber()
	if reader.Decode(&asked) != nil || asked.ParamsToSign == nil {
		answer(400, map[string]any{"error": `send {"paramsToSign":{…}}`})
		return
	}
	params := asked.ParamsToSign
	for name := range params {
		if !allowed[name] {
			answer(400, map[string]any{"error": name + " is not signed here"})
			return
		}
	}
	if params["timestamp"] == nil {
		params["timestamp"] = time.Now().Unix()
	}
	answer(200, map[string]any{"signature": sign(params), "timestamp": params["timestamp"],
		"api_key": os.Getenv("API_KEY")})
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "3000"
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, http.HandlerFunc(handle)))
}
