/* The functions that JCublas 12.6.0's native library requests of libcublas.so.12; PAIR also stands for the one with
 * 64-bit sizes. */
/* clang-format off */
#define CUBLAS_FUNCTIONS(ONE, PAIR) \
    ONE(cublasCgelsBatched) ONE(cublasCgeqrfBatched) ONE(cublasCgetrfBatched) ONE(cublasCgetriBatched) \
    ONE(cublasCgetrsBatched) ONE(cublasCmatinvBatched) ONE(cublasCreate_v2) ONE(cublasCrotg_v2) ONE(cublasCtpttr) \
    ONE(cublasCtrttp) ONE(cublasDestroy_v2) ONE(cublasDgelsBatched) ONE(cublasDgeqrfBatched) \
    ONE(cublasDgetrfBatched) ONE(cublasDgetriBatched) ONE(cublasDgetrsBatched) ONE(cublasDmatinvBatched) \
    ONE(cublasDrotg_v2) ONE(cublasDrotmg_v2) ONE(cublasDtpttr) ONE(cublasDtrttp) ONE(cublasGetAtomicsMode) \
    ONE(cublasGetCudartVersion) ONE(cublasGetMathMode) ONE(cublasGetPointerMode_v2) ONE(cublasGetProperty) \
    ONE(cublasGetSmCountTarget) ONE(cublasGetStatusName) ONE(cublasGetStatusString) ONE(cublasGetStream_v2) \
    ONE(cublasGetVersion_v2) ONE(cublasRotgEx) ONE(cublasRotmgEx) ONE(cublasSetAtomicsMode) ONE(cublasSetMathMode) \
    ONE(cublasSetPointerMode_v2) ONE(cublasSetSmCountTarget) ONE(cublasSetStream_v2) ONE(cublasSetWorkspace_v2) \
    ONE(cublasSgelsBatched) ONE(cublasSgeqrfBatched) ONE(cublasSgetrfBatched) ONE(cublasSgetriBatched) \
    ONE(cublasSgetrsBatched) ONE(cublasSmatinvBatched) ONE(cublasSrotg_v2) ONE(cublasSrotmg_v2) ONE(cublasStpttr) \
    ONE(cublasStrttp) ONE(cublasZgelsBatched) ONE(cublasZgeqrfBatched) ONE(cublasZgetrfBatched) \
    ONE(cublasZgetriBatched) ONE(cublasZgetrsBatched) ONE(cublasZmatinvBatched) ONE(cublasZrotg_v2) \
    ONE(cublasZtpttr) ONE(cublasZtrttp) \
    PAIR(cublasAsumEx) PAIR(cublasAxpyEx) PAIR(cublasCaxpy_v2) PAIR(cublasCcopy_v2) PAIR(cublasCdgmm) \
    PAIR(cublasCdotc_v2) PAIR(cublasCdotu_v2) PAIR(cublasCgbmv_v2) PAIR(cublasCgeam) PAIR(cublasCgemm3m) \
    PAIR(cublasCgemm3mBatched) PAIR(cublasCgemm3mEx) PAIR(cublasCgemm3mStridedBatched) PAIR(cublasCgemmBatched) \
    PAIR(cublasCgemmEx) PAIR(cublasCgemmStridedBatched) PAIR(cublasCgemm_v2) PAIR(cublasCgemvBatched) \
    PAIR(cublasCgemvStridedBatched) PAIR(cublasCgemv_v2) PAIR(cublasCgerc_v2) PAIR(cublasCgeru_v2) \
    PAIR(cublasChbmv_v2) PAIR(cublasChemm_v2) PAIR(cublasChemv_v2) PAIR(cublasCher2_v2) PAIR(cublasCher2k_v2) \
    PAIR(cublasCher_v2) PAIR(cublasCherk3mEx) PAIR(cublasCherkEx) PAIR(cublasCherk_v2) PAIR(cublasCherkx) \
    PAIR(cublasChpmv_v2) PAIR(cublasChpr2_v2) PAIR(cublasChpr_v2) PAIR(cublasCopyEx) PAIR(cublasCrot_v2) \
    PAIR(cublasCscal_v2) PAIR(cublasCsrot_v2) PAIR(cublasCsscal_v2) PAIR(cublasCswap_v2) PAIR(cublasCsymm_v2) \
    PAIR(cublasCsymv_v2) PAIR(cublasCsyr2_v2) PAIR(cublasCsyr2k_v2) PAIR(cublasCsyr_v2) PAIR(cublasCsyrk3mEx) \
    PAIR(cublasCsyrkEx) PAIR(cublasCsyrk_v2) PAIR(cublasCsyrkx) PAIR(cublasCtbmv_v2) PAIR(cublasCtbsv_v2) \
    PAIR(cublasCtpmv_v2) PAIR(cublasCtpsv_v2) PAIR(cublasCtrmm_v2) PAIR(cublasCtrmv_v2) PAIR(cublasCtrsmBatched) \
    PAIR(cublasCtrsm_v2) PAIR(cublasCtrsv_v2) PAIR(cublasDasum_v2) PAIR(cublasDaxpy_v2) PAIR(cublasDcopy_v2) \
    PAIR(cublasDdgmm) PAIR(cublasDdot_v2) PAIR(cublasDgbmv_v2) PAIR(cublasDgeam) PAIR(cublasDgemmBatched) \
    PAIR(cublasDgemmStridedBatched) PAIR(cublasDgemm_v2) PAIR(cublasDgemvBatched) PAIR(cublasDgemvStridedBatched) \
    PAIR(cublasDgemv_v2) PAIR(cublasDger_v2) PAIR(cublasDnrm2_v2) PAIR(cublasDotEx) PAIR(cublasDotcEx) \
    PAIR(cublasDrot_v2) PAIR(cublasDrotm_v2) PAIR(cublasDsbmv_v2) PAIR(cublasDscal_v2) PAIR(cublasDspmv_v2) \
    PAIR(cublasDspr2_v2) PAIR(cublasDspr_v2) PAIR(cublasDswap_v2) PAIR(cublasDsymm_v2) PAIR(cublasDsymv_v2) \
    PAIR(cublasDsyr2_v2) PAIR(cublasDsyr2k_v2) PAIR(cublasDsyr_v2) PAIR(cublasDsyrk_v2) PAIR(cublasDsyrkx) \
    PAIR(cublasDtbmv_v2) PAIR(cublasDtbsv_v2) PAIR(cublasDtpmv_v2) PAIR(cublasDtpsv_v2) PAIR(cublasDtrmm_v2) \
    PAIR(cublasDtrmv_v2) PAIR(cublasDtrsmBatched) PAIR(cublasDtrsm_v2) PAIR(cublasDtrsv_v2) PAIR(cublasDzasum_v2) \
    PAIR(cublasDznrm2_v2) PAIR(cublasGemmBatchedEx) PAIR(cublasGemmEx) PAIR(cublasGemmStridedBatchedEx) \
    PAIR(cublasGetMatrix) PAIR(cublasGetMatrixAsync) PAIR(cublasGetVector) PAIR(cublasGetVectorAsync) \
    PAIR(cublasIamaxEx) PAIR(cublasIaminEx) PAIR(cublasIcamax_v2) PAIR(cublasIcamin_v2) PAIR(cublasIdamax_v2) \
    PAIR(cublasIdamin_v2) PAIR(cublasIsamax_v2) PAIR(cublasIsamin_v2) PAIR(cublasIzamax_v2) PAIR(cublasIzamin_v2) \
    PAIR(cublasNrm2Ex) PAIR(cublasRotEx) PAIR(cublasRotmEx) PAIR(cublasSasum_v2) PAIR(cublasSaxpy_v2) \
    PAIR(cublasScalEx) PAIR(cublasScasum_v2) PAIR(cublasScnrm2_v2) PAIR(cublasScopy_v2) PAIR(cublasSdgmm) \
    PAIR(cublasSdot_v2) PAIR(cublasSetMatrix) PAIR(cublasSetMatrixAsync) PAIR(cublasSetVector) \
    PAIR(cublasSetVectorAsync) PAIR(cublasSgbmv_v2) PAIR(cublasSgeam) PAIR(cublasSgemmBatched) PAIR(cublasSgemmEx) \
    PAIR(cublasSgemmStridedBatched) PAIR(cublasSgemm_v2) PAIR(cublasSgemvBatched) PAIR(cublasSgemvStridedBatched) \
    PAIR(cublasSgemv_v2) PAIR(cublasSger_v2) PAIR(cublasSnrm2_v2) PAIR(cublasSrot_v2) PAIR(cublasSrotm_v2) \
    PAIR(cublasSsbmv_v2) PAIR(cublasSscal_v2) PAIR(cublasSspmv_v2) PAIR(cublasSspr2_v2) PAIR(cublasSspr_v2) \
    PAIR(cublasSswap_v2) PAIR(cublasSsymm_v2) PAIR(cublasSsymv_v2) PAIR(cublasSsyr2_v2) PAIR(cublasSsyr2k_v2) \
    PAIR(cublasSsyr_v2) PAIR(cublasSsyrk_v2) PAIR(cublasSsyrkx) PAIR(cublasStbmv_v2) PAIR(cublasStbsv_v2) \
    PAIR(cublasStpmv_v2) PAIR(cublasStpsv_v2) PAIR(cublasStrmm_v2) PAIR(cublasStrmv_v2) PAIR(cublasStrsmBatched) \
    PAIR(cublasStrsm_v2) PAIR(cublasStrsv_v2) PAIR(cublasSwapEx) PAIR(cublasZaxpy_v2) PAIR(cublasZcopy_v2) \
    PAIR(cublasZdgmm) PAIR(cublasZdotc_v2) PAIR(cublasZdotu_v2) PAIR(cublasZdrot_v2) PAIR(cublasZdscal_v2) \
    PAIR(cublasZgbmv_v2) PAIR(cublasZgeam) PAIR(cublasZgemm3m) PAIR(cublasZgemmBatched) \
    PAIR(cublasZgemmStridedBatched) PAIR(cublasZgemm_v2) PAIR(cublasZgemvBatched) PAIR(cublasZgemvStridedBatched) \
    PAIR(cublasZgemv_v2) PAIR(cublasZgerc_v2) PAIR(cublasZgeru_v2) PAIR(cublasZhbmv_v2) PAIR(cublasZhemm_v2) \
    PAIR(cublasZhemv_v2) PAIR(cublasZher2_v2) PAIR(cublasZher2k_v2) PAIR(cublasZher_v2) PAIR(cublasZherk_v2) \
    PAIR(cublasZherkx) PAIR(cublasZhpmv_v2) PAIR(cublasZhpr2_v2) PAIR(cublasZhpr_v2) PAIR(cublasZrot_v2) \
    PAIR(cublasZscal_v2) PAIR(cublasZswap_v2) PAIR(cublasZsymm_v2) PAIR(cublasZsymv_v2) PAIR(cublasZsyr2_v2) \
    PAIR(cublasZsyr2k_v2) PAIR(cublasZsyr_v2) PAIR(cublasZsyrk_v2) PAIR(cublasZsyrkx) PAIR(cublasZtbmv_v2) \
    PAIR(cublasZtbsv_v2) PAIR(cublasZtpmv_v2) PAIR(cublasZtpsv_v2) PAIR(cublasZtrmm_v2) PAIR(cublasZtrmv_v2) \
    PAIR(cublasZtrsmBatched) PAIR(cublasZtrsm_v2) PAIR(cublasZtrsv_v2)
/* clang-format on */
