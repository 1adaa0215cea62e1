# All three images, for both platforms. The versions are those of services/versions.json:
#   docker buildx bake -f services/versions.json -f docker/docker-bake.hcl [--print]

variable "REGISTRY" {
  default = "localhost:5000"
}

variable "REVISION" {
  default = "unknown"
}

# The repository of the sources, if it is not the one that the Dockerfile names.
variable "SOURCE" {
  default = ""
}

group "default" {
  targets = ["blue", "green", "frontend"]
}

target "image" {
  matrix = {
    image = [
      { target = "blue", service = "echo-backend", version = BLUE_VERSION },
      { target = "green", service = "echo-backend", version = GREEN_VERSION },
      { target = "frontend", service = "echo-frontend", version = FRONTEND_VERSION },
    ]
  }
  name       = image.target
  dockerfile = "docker/Dockerfile"
  platforms  = ["linux/amd64", "linux/arm64"]
  tags       = ["${REGISTRY}/${image.service}:${image.version}"]
  labels     = SOURCE == "" ? {} : { "org.opencontainers.image.source" = SOURCE }
  args = {
    SERVICE  = image.service
    VERSION  = image.version
    REVISION = REVISION
  }
}
