"""Makes the instruction corpus: python3 make_corpus.py FOLDER. Needs mpmath. The outputs come from the definitions of the PTX ISA,
computed here in exact arithmetic, and from nothing of Tandem."""
import os
import sys
import control_forms
import copy_forms
import compare_forms
import convert_forms
import float_forms
import half_forms
import integer_forms
import matrix_forms
import memory_forms
import suspension_forms
import texture_forms

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
for old in os.listdir(folder):
    if old.endswith(".ptx"):
        os.remove(os.path.join(folder, old))
for family in (integer_forms, float_forms, compare_forms, convert_forms, memory_forms, control_forms, suspension_forms, half_forms,
               matrix_forms, texture_forms, copy_forms):
    for file in family.files():
        file.write(folder)
