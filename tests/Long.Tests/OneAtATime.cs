// A part's figures are its own: nothing runs beside it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
