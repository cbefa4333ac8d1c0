namespace EventStore.EF.Operations;

/// <summary>The end of the store.</summary>
/// <param name="Head">The highest position that is believed; 0 in an empty store.</param>
/// <param name="Highest">The highest position in the table of events; 0 if it is empty.</param>
/// <param name="Assigned">The last position that was assigned; 0 if none was.</param>
internal readonly record struct StoreEnd(long Head, long Highest, long Assigned);
