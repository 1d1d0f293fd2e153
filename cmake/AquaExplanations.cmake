# The pages of docs/errors/ as entries of an array of texts. Written when configuring, so that tools which
# never build find the file; a changed page configures again.

function(aqua_embed_explanations folder output)
  file(GLOB pages CONFIGURE_DEPENDS ${folder}/[A-Z][0-9][0-9][0-9][0-9].md)
  set(texts "")
  foreach(page ${pages})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page})
    get_filename_component(code ${page} NAME_WE)
    file(READ ${page} text)
    string(APPEND texts "{\"${code}\", R\"page(${text})page\"},\n")
  endforeach()
  # Nothing is built again where nothing changed.
  file(CONFIGURE OUTPUT ${output} CONTENT "@texts@" @ONLY)
endfunction()
