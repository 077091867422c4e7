#!/usr/bin/env bash
# Loads NVIDIA's own cuDNN, without a GPU, under JCuda's natives: versions, functions, descriptors, output sizes, error texts, and the
# engines and plans of the graph API for an H200 that is only described.
#   tests/real-cudnn.sh [FOLDER]     FOLDER: where the Python packages nvidia-cudnn-cu13 and nvidia-cuda-nvrtc are (site-packages, or
#                                    the target of pip install --target); default: that of python3
# Skipped, with status 0, where the packages are absent. Compile first: mvn -q test-compile
set -euo pipefail
cd "$(dirname "$0")/.."

folder="${1:-$(python3 -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' 2>/dev/null || true)}"
libraries=""
for part in cudnn cu13 cuda_nvrtc; do
    [ -d "$folder/nvidia/$part/lib" ] && libraries="$libraries:$folder/nvidia/$part/lib"
done
case "$libraries" in
    *cudnn*) ;;
    *) echo "skipped: no nvidia/cudnn/lib in '$folder' (pip install nvidia-cudnn-cu13 nvidia-cuda-nvrtc)"; exit 0 ;;
esac

repository="${MAVEN_REPOSITORY:-$HOME/.m2/repository}"
classpath="tests/target/test-classes:engine/target/classes:kernels/target/classes"
for jar in $(find "$repository/org/jcuda" "$repository/org/bytedeco/javacpp" "$repository/org/slf4j/slf4j-api" -name '*.jar'); do
    classpath="$classpath:$jar"
done
LD_LIBRARY_PATH="${libraries#:}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" \
    java -cp "$classpath" tandem.engine.cuda.RealCudnnMain tests/src/test/c/h200.json
