namespace EventStore.EF;

/// <summary>
/// Another server answers than the one that is known to have what a subscription received, and no connection broke: somebody between the two, a
/// pooler for instance, made the change. Nothing was written; it is tried again when the subscription has seen what is there.
/// </summary>
internal sealed class OtherServerException()
    : Exception("Another database server answers than before. Nothing was written: first it is seen whether what was received is there too.");
