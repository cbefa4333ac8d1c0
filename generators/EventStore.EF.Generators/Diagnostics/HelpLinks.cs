namespace EventStore.EF.Generators.Diagnostics;

/// <summary>The web address of the diagnostics' pages.</summary>
internal static class HelpLinks
{
    public const string Root = "https://github.com/eventstore-ef/EventStore.EF/blob/main/docs/diagnostics/";
}
