#!/usr/bin/env bash
# Creates the namespaces of a class, each with a quota, a Role and a kubeconfig. A second run changes nothing but the
# kubeconfigs, whose tokens it renews.
#
#   docs/classroom/create.sh [STUDENTS] [FOLDER]    default: 30 students, kubeconfigs in the folder class
#
# PREFIX (student) begins the name of each namespace. DURATION (12h) is how long a token is valid.
set -euo pipefail
umask 077
here="$(cd "$(dirname "$0")" && pwd)"
students="${1:-30}"
folder="${2:-class}"
prefix="${PREFIX:-student}"

if ! [[ "$students" =~ ^[1-9][0-9]{0,2}$ ]]; then
  echo "Invalid number of students \"$students\": expected a whole number from 1 to 999." >&2
  exit 1
fi
if ! [[ "$prefix" =~ ^[a-z]([a-z0-9-]{0,40}[a-z0-9])?$ ]]; then
  echo "Invalid PREFIX \"$prefix\": expected lower-case letters, digits and hyphens, such as student." >&2
  exit 1
fi

# The API server's address and certificate authority, without the credentials of whoever runs this script.
cluster="$(kubectl config view --raw --minify --flatten -o jsonpath='{.clusters[0].cluster}')"
mkdir -p "$folder"

for ((number = 1; number <= students; number++)); do
  namespace="$(printf '%s-%02d' "$prefix" "$number")"
  kubectl apply -f - >/dev/null <<EOF
apiVersion: v1
kind: Namespace
metadata:
  name: $namespace
  labels:
    app.kubernetes.io/part-of: echo
    echo-class: $prefix
    pod-security.kubernetes.io/enforce: restricted
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: student
  namespace: $namespace
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: echo-student
  namespace: $namespace
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: echo-student
subjects:
  - kind: ServiceAccount
    name: student
    namespace: $namespace
EOF
  kubectl apply --namespace "$namespace" -f "$here/role.yaml" -f "$here/quota.yaml" >/dev/null
  token="$(kubectl create token student --namespace "$namespace" --duration "${DURATION:-12h}")"
  cat >"$folder/$namespace.kubeconfig" <<EOF
apiVersion: v1
kind: Config
current-context: $namespace
clusters:
  - name: class
    cluster: $cluster
users:
  - name: student
    user:
      token: $token
contexts:
  - name: $namespace
    context:
      cluster: class
      user: student
      namespace: $namespace
EOF
  echo "$namespace: $folder/$namespace.kubeconfig"
done
