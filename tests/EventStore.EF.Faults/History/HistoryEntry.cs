namespace EventStore.EF.Faults;

/// <summary>
/// One thing that happened. Times are nanoseconds of the machine's monotonic clock, which all of its processes share, so what one process
/// saw finished before another one began really was.
/// </summary>
internal abstract record HistoryEntry(long Time);

/// <summary>A writer is about to append; nothing of it is known to be stored before this.</summary>
/// <param name="Time">When.</param>
/// <param name="Operation">Names the append; a repetition with the same ids is the same operation.</param>
/// <param name="Kind">How it appends, for people.</param>
/// <param name="Appends">What goes to which stream, all or nothing.</param>
internal sealed record Intended(long Time, string Operation, string Kind, IReadOnlyList<IntendedAppend> Appends) : HistoryEntry(Time);

/// <summary>The store said that all of it is stored.</summary>
/// <param name="Time">When the answer had arrived.</param>
/// <param name="Operation">The <see cref="Intended"/> one.</param>
/// <param name="Results">What it said, in the order of the appends.</param>
internal sealed record Acknowledged(long Time, string Operation, IReadOnlyList<AppendResult> Results) : HistoryEntry(Time);

/// <summary>The store said that nothing of it is stored, or the writer rolled it back.</summary>
/// <param name="Time">When the answer had arrived.</param>
/// <param name="Operation">The <see cref="Intended"/> one.</param>
/// <param name="Reason">The outcome.</param>
/// <param name="Stream">The stream in conflict, if that was it.</param>
/// <param name="Actual">The version it was said to be at.</param>
internal sealed record Refused(long Time, string Operation, string Reason, string? Stream = null, long? Actual = null) : HistoryEntry(Time);

/// <summary>Nobody knows whether it is stored, and the writer gave up asking. An intent without any answer means the same.</summary>
internal sealed record Unknown(long Time, string Operation, string Reason) : HistoryEntry(Time);

/// <summary>A subscription that must receive every event.</summary>
/// <param name="Time">When the run began.</param>
/// <param name="Subscription">Its name.</param>
/// <param name="IsPartitioned">Whether order is promised for each stream only.</param>
internal sealed record Subscribed(long Time, string Subscription, bool IsPartitioned) : HistoryEntry(Time);

/// <summary>A handler has been given an event.</summary>
/// <param name="Time">When.</param>
/// <param name="Subscription">Of which subscription.</param>
/// <param name="Process">Where it ran.</param>
/// <param name="Id">The event.</param>
/// <param name="Place">Where the event says it is.</param>
internal sealed record Delivered(long Time, string Subscription, string Process, Guid Id, EventPlace Place) : HistoryEntry(Time);

/// <summary>A handler fails on an event: it throws, or ends its process.</summary>
internal sealed record Failed(long Time, string Subscription, string Process, Guid Id) : HistoryEntry(Time);

/// <summary>An event is parked because of an error of its own, as it stands in the database.</summary>
internal sealed record Parked(long Time, string Subscription, Guid Id) : HistoryEntry(Time);

/// <summary>Somebody has subscribed at the end.</summary>
/// <param name="Time">When the store had answered; what is not committed by then must come.</param>
/// <param name="Subscription">The name that its deliveries have.</param>
internal sealed record Joined(long Time, string Subscription) : HistoryEntry(Time);

/// <summary>A writer is about to commit its own transaction with an append; nothing of it is committed before this.</summary>
internal sealed record Committing(long Time, string Operation) : HistoryEntry(Time);

/// <summary>The row of one subscription was locked for a time, and nothing else was wrong.</summary>
/// <param name="Time">When the lock ended.</param>
/// <param name="Since">When it began.</param>
/// <param name="Subscription">Whose row.</param>
internal sealed record RowLocked(long Time, long Since, string Subscription) : HistoryEntry(Time);

/// <summary>A checkpoint as it stands in the database.</summary>
internal sealed record Checkpointed(long Time, string Subscription, int Partition, long Epoch, long Position) : HistoryEntry(Time);

/// <summary>An event as it stands in the database when everything is over.</summary>
internal sealed record Stored(long Time, Guid Id, EventPlace Place) : HistoryEntry(Time);

/// <summary>A row that a projection has written, as it stands in the database when everything is over.</summary>
internal sealed record Effect(long Time, string Projection, Guid Id) : HistoryEntry(Time);

/// <summary>A row that a writer has written in the same transaction as its events, as it stands in the database when everything is over.</summary>
internal sealed record Accompanied(long Time, string Operation) : HistoryEntry(Time);

/// <summary>A fault begins.</summary>
internal sealed record FaultBegan(long Time, string Fault, string Detail) : HistoryEntry(Time);

/// <summary>What was broken is whole again; the system may still be recovering.</summary>
internal sealed record FaultEnded(long Time, string Fault, string Detail) : HistoryEntry(Time);

/// <summary>The database has been replaced by an earlier state of itself: what was acknowledged since then may be gone.</summary>
/// <param name="Time">When the earlier state took over.</param>
/// <param name="Since">The last moment of which nothing may be missing.</param>
internal sealed record WentBack(long Time, long Since) : HistoryEntry(Time);

/// <summary>The server has crashed. Checkpoints that it had not flushed yet are gone, and nothing else.</summary>
/// <param name="Time">It was over by then.</param>
/// <param name="Since">It was not yet so then.</param>
internal sealed record ServerCrashed(long Time, long Since) : HistoryEntry(Time);

/// <summary>A process has told, by log or exception, that its subscription is ahead of the store.</summary>
internal sealed record LossReported(long Time, string Process, string Report) : HistoryEntry(Time);

/// <summary>A process ended by itself, or met an exception that the store does not promise.</summary>
internal sealed record Misbehaved(long Time, string Process, string What) : HistoryEntry(Time);
