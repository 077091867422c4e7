// What the tests call and what the mock driver calls back: see tandem.engine.cuda.MockCuda.
#include "mock_driver.h"
#include <jni.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static JavaVM* machine;
static jclass mock_class;
static jmethodID load_module;
static jmethodID find_function;
static jmethodID launch_kernel;
static jmethodID last_error;
static char error_text[8192];

#define MOCK(type, name) JNIEXPORT type JNICALL Java_tandem_engine_cuda_MockCuda_##name

static JNIEnv* environment(void) {
    JNIEnv* env = NULL;
    (*machine)->AttachCurrentThread(machine, (void**)&env, NULL);
    return env;
}

MOCK(void, register)(JNIEnv* env, jclass type) {
    (*env)->GetJavaVM(env, &machine);
    mock_class = (*env)->NewGlobalRef(env, type);
    load_module = (*env)->GetStaticMethodID(env, type, "loadModule", "(Ljava/lang/String;)J");
    find_function = (*env)->GetStaticMethodID(env, type, "findFunction", "(JLjava/lang/String;)J");
    launch_kernel = (*env)->GetStaticMethodID(env, type, "launchKernel", "(JIIIIIIJ)Z");
    last_error = (*env)->GetStaticMethodID(env, type, "lastError", "()Ljava/lang/String;");
}

static const char* error(JNIEnv* env) {
    jstring text = (*env)->CallStaticObjectMethod(env, mock_class, last_error);
    const char* chars = (*env)->GetStringUTFChars(env, text, NULL);
    snprintf(error_text, sizeof error_text, "%s", chars);
    (*env)->ReleaseStringUTFChars(env, text, chars);
    return error_text;
}

const char* java_load_module(const char* ptx, long* module) {
    JNIEnv* env = environment();
    *module = (*env)->CallStaticLongMethod(env, mock_class, load_module, (*env)->NewStringUTF(env, ptx));
    return *module ? NULL : error(env);
}

const char* java_function(long module, const char* name, long* function) {
    JNIEnv* env = environment();
    *function =
        (*env)->CallStaticLongMethod(env, mock_class, find_function, (jlong)module, (*env)->NewStringUTF(env, name));
    return *function ? NULL : error(env);
}

const char* java_launch(long function, const int* g, const void* parameters) {
    JNIEnv* env = environment();
    jboolean done = (*env)->CallStaticBooleanMethod(env, mock_class, launch_kernel, (jlong)function, g[0], g[1], g[2],
                                                    g[3], g[4], g[5], (jlong)(intptr_t)parameters);
    return done ? NULL : error(env);
}

MOCK(void, configure)(JNIEnv* env, jclass type, jint devices, jint driver, jlong bytes, jint cudnn) {
    mock_reset();
    mock_forget();
    mock.started = 0;
    mock.devices = devices;
    mock.driver_version = driver;
    mock.free_bytes += bytes - mock.total_bytes;
    mock.total_bytes = bytes;
    mock.cudnn_version = cudnn;
    mock.without_legacy = 0;
}

MOCK(void, fail)(JNIEnv* env, jclass type, jstring call, jint code, jlong skip) {
    const char* name = (*env)->GetStringUTFChars(env, call, NULL);
    mock_inject(name, code, skip);
    (*env)->ReleaseStringUTFChars(env, call, name);
}

MOCK(jlong, calls)(JNIEnv* env, jclass type, jstring call) {
    const char* name = (*env)->GetStringUTFChars(env, call, NULL);
    long count = mock_calls(name);
    (*env)->ReleaseStringUTFChars(env, call, name);
    return count;
}

MOCK(void, forgetObjects)(JNIEnv* env, jclass type) {
    mock_forget_objects();
}

MOCK(jstring, census)(JNIEnv* env, jclass type) {
    char text[2048];
    mock_census(text, sizeof text);
    return (*env)->NewStringUTF(env, text);
}

MOCK(jstring, complaints)(JNIEnv* env, jclass type) {
    mock_check_memory();
    return (*env)->NewStringUTF(env, mock_complaints());
}

MOCK(void, withoutLegacy)(JNIEnv* env, jclass type, jboolean without) {
    mock.without_legacy = without;
}

int mock_without_legacy(void) {
    return mock.without_legacy;
}

int mock_cudnn_version(void) {
    return mock.cudnn_version;
}

// A process that only probes cannot configure the mock by calls; the environment does.
__attribute__((constructor)) static void from_environment(void) {
    const char* devices = getenv("MOCK_CUDA_DEVICES");
    const char* version = getenv("MOCK_CUDNN_VERSION");
    mock.devices = devices ? atoi(devices) : 0;
    mock.driver_version = 12040;
    mock.total_bytes = mock.free_bytes = 1L << 30;
    mock.cudnn_version = version ? atoi(version) : 90501;
}
