namespace EventStore.EF.Generators;

/// <summary>The names of the pipeline's steps. Tests use them to check that the steps are cached.</summary>
internal static class TrackingNames
{
    public const string Assembly = "Assembly";
    public const string References = "References";
    public const string UserContexts = "UserContexts";
    public const string Events = "Events";
    public const string OwnEvents = "OwnEvents";
    public const string Subscribers = "Subscribers";
    public const string Upcasters = "Upcasters";
    public const string States = "States";
    public const string Buckets = "Buckets";
    public const string Context = "Context";
    public const string Catalog = "Catalog";
    public const string Diagnostics = "Diagnostics";

    public static readonly IReadOnlyList<string> All =
        [Assembly, References, UserContexts, Events, OwnEvents, Subscribers, Upcasters, States, Buckets, Context, Catalog, Diagnostics];
}
