//! What happened to this request, and where did the time go?
