namespace EventStore.EF.Operations.Checks;

/// <summary>The checks that there are. An id that was released is never used for anything else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">What it checks.</param>
internal sealed record CheckDefinition(string Id, string Title)
{
    /// <summary>Whether the tables are those of this version of the package.</summary>
    public static readonly CheckDefinition Schema = new("D01", "The schema is current");

    /// <summary>Whether the store was made for this kind of database, in a version that it runs on.</summary>
    public static readonly CheckDefinition Engine = new("D02", "The database is of a kind and version that the store runs on");

    /// <summary>Whether sessions see each other's advisory locks, on which the order of events relies.</summary>
    public static readonly CheckDefinition Locks = new("D03", "Locks of transactions are kept and visible");

    /// <summary>Whether positions are assigned one by one, and above all events.</summary>
    public static readonly CheckDefinition Positions = new("D04", "Positions are assigned in order");

    /// <summary>Whether an open transaction delays events.</summary>
    public static readonly CheckDefinition HeldBack = new("D05", "No transaction delays events");

    /// <summary>Whether each subscription has owners and makes progress.</summary>
    public static readonly CheckDefinition Progress = new("D06", "Subscriptions are run and make progress");

    /// <summary>Whether events are parked.</summary>
    public static readonly CheckDefinition Parked = new("D07", "No events are parked");

    /// <summary>Whether an event fails again and again, or may have ended its process.</summary>
    public static readonly CheckDefinition Poison = new("D08", "No event keeps failing");

    /// <summary>Whether a subscription has finished events that the store doesn't have.</summary>
    public static readonly CheckDefinition Ahead = new("D09", "No subscription is ahead of the store");

    /// <summary>Whether the indexes and the triggers that keep events unchanged are there and on.</summary>
    public static readonly CheckDefinition Guards = new("D10", "Indexes and triggers are complete and active");

    /// <summary>Whether the database is vacuumed.</summary>
    public static readonly CheckDefinition Vacuum = new("D11", "The database is vacuumed");

    /// <summary>Whether a crash of the server loses nothing that was committed.</summary>
    public static readonly CheckDefinition Durability = new("D12", "Commits survive a crash of the server");

    /// <summary>Whether the server can be written to.</summary>
    public static readonly CheckDefinition Primary = new("D13", "The server is a primary and writable");

    /// <summary>Whether the server has connections left.</summary>
    public static readonly CheckDefinition Connections = new("D14", "The server has free connections");

    /// <summary>Whether the clocks of this process and of the database agree.</summary>
    public static readonly CheckDefinition Clock = new("D15", "The clocks of this process and of the database agree");

    /// <summary>Whether a replication slot that nobody reads keeps the server's log.</summary>
    public static readonly CheckDefinition Slots = new("D16", "No abandoned replication slot fills the disk");

    /// <summary>Whether the disk has room.</summary>
    public static readonly CheckDefinition Disk = new("D18", "The disk has room");

    /// <summary>Whether each owner can handle what its subscription handles.</summary>
    public static readonly CheckDefinition Coverage = new("D19", "Owners can handle all events of their subscriptions");

    /// <summary>All of them, by id.</summary>
    public static IReadOnlyList<CheckDefinition> All { get; } =
    [
        Schema, Engine, Locks, Positions, HeldBack, Progress, Parked, Poison, Ahead, Guards, Vacuum, Durability, Primary, Connections,
        Clock, Slots, Disk, Coverage,
    ];

    /// <summary>Nothing was found.</summary>
    public StoreCheck Passed() => new() { Id = Id, Title = Title, Severity = CheckSeverity.Passed };

    /// <summary>It could not be checked.</summary>
    public StoreCheck Unknown(string why, string remedy)
        => new() { Id = Id, Title = Title, Severity = CheckSeverity.Unknown, Evidence = $"Could not check: {why}", Remedy = remedy };

    /// <summary>Something was found.</summary>
    public StoreCheck Found(CheckSeverity severity, string evidence, string remedy, SubscriptionName? subscription = null) => new()
    {
        Id = Id,
        Title = Title,
        Severity = severity,
        Subscription = subscription,
        Evidence = evidence,
        Remedy = remedy,
    };

    /// <summary>What was found, or that nothing was.</summary>
    public IReadOnlyList<StoreCheck> Of(IReadOnlyList<StoreCheck> found) => found.Count > 0 ? found : [Passed()];
}
