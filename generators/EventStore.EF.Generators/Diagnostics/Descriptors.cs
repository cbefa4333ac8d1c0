using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Diagnostics;

/// <summary>The diagnostics of the generator and its analyzers. Each has a page in docs/diagnostics.</summary>
internal static class Descriptors
{
    private const string Category = "EventStore.EF";

    public static readonly DiagnosticDescriptor InvalidName = Error(
        "ESEF1001", "The stored name of an event is invalid",
        "'{0}' can't be stored as it is declared: {1}");

    public static readonly DiagnosticDescriptor DuplicateName = Error(
        "ESEF1002", "Two events share a stored name and version",
        "'{0}' and '{1}' are both stored as '{2}' version {3}: rename one with [Event(\"…\")] or give it another Version");

    public static readonly DiagnosticDescriptor NotConcrete = Error(
        "ESEF1003", "An event must be a concrete, closed type",
        "'{0}' can't be an event because it is {1}: mark the concrete types with [Event] instead");

    public static readonly DiagnosticDescriptor EventNotAccessible = Error(
        "ESEF1004", "An event must be accessible to generated code",
        "'{0}' can't be an event because generated code can't reach it: make it, and the types it is nested in, public or internal");

    public static readonly DiagnosticDescriptor SettableMember = Info(
        "ESEF1005", "A member of an event can be changed",
        "{0} of '{1}' can be changed after the event is created, but an event is a fact and doesn't change: "
            + "use init or a constructor parameter");

    public static readonly DiagnosticDescriptor VersionGap = Make(
        "ESEF1006", "An old version of an event isn't read as the newest",
        "Events '{0}' version {1} are not read as the newest version: {2}",
        DiagnosticSeverity.Warning, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor NotMarked = Warning(
        "ESEF1007", "The type of an appended object isn't marked [Event]",
        "'{0}' is appended but not marked [Event]: the append will throw EventNotRegisteredException");

    public static readonly DiagnosticDescriptor InvalidUpcaster = Error(
        "ESEF1008", "An upcaster can't be used",
        "'{0}' can't be an upcaster: {1}");

    public static readonly DiagnosticDescriptor NotGenerated = Make(
        "ESEF1009", "The events of a referenced assembly aren't registered",
        "'{0}' in {1} is marked [Event], but no generator ran there: "
            + "register it here with [assembly: Events(typeof({0}))]",
        DiagnosticSeverity.Warning, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor Unnameable = Error(
        "ESEF1010", "A type can't be named in generated code",
        "'{0}' has the type '{1}', which generated code can't name: {2}");

    public static readonly DiagnosticDescriptor NotInContext = Warning(
        "ESEF2001", "An event isn't in the context that stores other events",
        "'{0}' isn't in '{1}', which stores other events, so a generated serializer stores it with different options: "
            + "add [JsonSerializable(typeof({0}))] to '{1}'");

    public static readonly DiagnosticDescriptor NotSerializable = Error(
        "ESEF2002", "A member of an event can't be serialized",
        "'{0}' can't be serialized: {1}");

    public static readonly DiagnosticDescriptor NoConstructor = Error(
        "ESEF2003", "A type has no constructor for reading it from JSON",
        "'{0}' can't be read from JSON: {1}");

    public static readonly DiagnosticDescriptor UnmatchedParameter = Error(
        "ESEF2004", "A constructor parameter matches no member",
        "Parameter '{0}' of the constructor of '{1}' can't be read from JSON: "
            + "parameters are bound to properties, so give the type a public property '{2}' of type '{3}'");

    public static readonly DiagnosticDescriptor AbstractMember = Error(
        "ESEF2005", "A member of an event has an interface or abstract type",
        "'{0}' can't be read from JSON because '{1}' is {2}: declare its types with [JsonDerivedType], use a concrete type, "
            + "or add a [JsonConverter]");

    public static readonly DiagnosticDescriptor DerivedNotDeclared = Warning(
        "ESEF2006", "A derived type isn't declared",
        "'{0}' derives from '{1}', which events contain and which doesn't declare it, so {2}: "
            + "add [JsonDerivedType(typeof({0}), \"…\")] to '{1}'");

    public static readonly DiagnosticDescriptor DuplicateJsonName = Error(
        "ESEF2007", "Two members have the same name in JSON",
        "'{0}' and '{1}' of '{2}' are both called '{3}' in JSON: rename one with [JsonPropertyName], or leave one out with [JsonIgnore]");

    public static readonly DiagnosticDescriptor EnumAsNumber = Info(
        "ESEF2008", "An enum is stored as a number",
        "'{0}' stores the enum '{1}' as a number: never renumber its values, "
            + "or store names with [JsonConverter(typeof(JsonStringEnumConverter<{1}>))]");

    public static readonly DiagnosticDescriptor NullWhenMissing = Info(
        "ESEF2009", "A non-nullable member is null if the JSON lacks it",
        "'{0}' is null in events that were stored without it, although its type isn't nullable: "
            + "give it a default value, or make it nullable or required");

    public static readonly DiagnosticDescriptor ObjectMember = Warning(
        "ESEF2010", "A member of an event has the type object",
        "'{0}' holds an object, which is read back as JsonElement: use the type that is stored, or JsonElement itself");

    public static readonly DiagnosticDescriptor LostMember = Error(
        "ESEF2011", "Part of an event would be lost",
        "'{0}' would be lost when the event is read: {1}");

    public static readonly DiagnosticDescriptor ForeignType = Error(
        "ESEF2012", "A type from another assembly can't be restored",
        "'{0}' can't be restored from JSON, and '{1}' comes from {2}: register a converter for it with "
            + "[assembly: EventConverter(typeof(…))], or store a type of your own");

    public static readonly DiagnosticDescriptor ForeignAttribute = Error(
        "ESEF2013", "An attribute of another serializer has no effect",
        "'{0}' is marked [{1}], which events ignore: {2}");

    public static readonly DiagnosticDescriptor InvalidConverter = Error(
        "ESEF2014", "A converter of events can't be used",
        "[EventConverter] can't use '{0}': {1}");

    public static readonly DiagnosticDescriptor UnknownNeed = Warning(
        "ESEF2015", "A converter may need a type that events don't contain",
        "'{0}' asks its options for {1}, which is not known at compile time: name the types with "
            + "[assembly: EventConverter(typeof({0}), Uses = [typeof(…)])]");

    public static readonly DiagnosticDescriptor ComputedMember = Info(
        "ESEF2016", "A computed member is stored",
        "'{0}' is computed and is stored with every event, although nothing reads it: leave it out with [JsonIgnore], "
            + "or keep it for other readers of the JSON");

    public static readonly DiagnosticDescriptor PropertyRemoved = Error(
        "ESEF3001", "A stored property was removed or renamed",
        "'{0}' no longer has '{1}', which is stored in events '{2}': keep it, give a renamed property its old name with "
            + "[JsonPropertyName], or add a new Version with an upcaster");

    public static readonly DiagnosticDescriptor PropertyChanged = Error(
        "ESEF3002", "A stored property was changed incompatibly",
        "'{1}' of '{0}' can't be read from events '{2}', where it is stored as '{3}', not '{4}': "
            + "keep its type, or add a new Version with an upcaster");

    public static readonly DiagnosticDescriptor PropertyRequired = Error(
        "ESEF3003", "A required property was added to a stored event",
        "'{1}' of '{0}' is required, but events '{2}' are stored without it: make it optional, or add a new Version with an upcaster");

    public static readonly DiagnosticDescriptor ContractNotRecorded = Warning(
        "ESEF3004", "The contract of an event isn't recorded",
        "{2} line(s) of '{0}', stored as '{1}', are not in EventContracts.txt: run dotnet build -t:UpdateEventContracts");

    public static readonly DiagnosticDescriptor EventRemoved = Make(
        "ESEF3005", "A stored event was removed or renamed",
        "No type reads events '{0}': restore the type, add the name to the Aliases of the type that replaces it, or write an upcaster",
        DiagnosticSeverity.Error, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor InvalidContractLine = Error(
        "ESEF3006", "A line of EventContracts.txt is malformed or duplicated",
        "'{0}' is not a valid line of EventContracts.txt: {1}");

    public static readonly DiagnosticDescriptor HandlesNoEvent = Warning(
        "ESEF4001", "A handler handles a type that is not an event",
        "'{0}' handles '{1}', which is not marked [Event] and is not a base of any event: the handler is never called");

    public static readonly DiagnosticDescriptor UnreachableHandler = Make(
        "ESEF4002", "A handler is never called",
        "'{0}' handles '{1}', which is read as {2}: the handler is never called",
        DiagnosticSeverity.Info, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor InheritsHandlers = Warning(
        "ESEF4003", "A subscriber inherits its handlers from another subscriber",
        "'{0}' is a subscriber only because its base class '{1}' is one: "
            + "add ISubscriber<…> to its own base list, or make '{1}' abstract");

    public static readonly DiagnosticDescriptor SubscriberNotAccessible = Error(
        "ESEF4004", "A subscriber must be accessible to generated code",
        "'{0}' can't be a subscriber because {1}");

    public static readonly DiagnosticDescriptor OtherGenerator = Make(
        "ESEF5001", "A referenced assembly was generated by a different version",
        "The events of '{0}' were registered by version {1} of the generator, those of this assembly by version {2}: "
            + "build both with the same version of EventStore.EF.Abstractions",
        DiagnosticSeverity.Warning, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor OldLanguage = Error(
        "ESEF5002", "The language version is too old for generated code",
        "The generated serializers need C# 11 or later, but this project uses C# {0}: set <LangVersion>latest</LangVersion> "
            + "in the project file");

    public static readonly DiagnosticDescriptor LeftOut = Make(
        "ESEF5003", "The events of a referenced assembly are left out",
        "The events of '{0}' are not registered, because its reference has only the alias '{1}': add 'global' to the Aliases of the "
            + "reference",
        DiagnosticSeverity.Warning, WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor InvalidState = Error(
        "ESEF6001", "A state can't be folded",
        "'{0}' can't be a state: {1}");

    public static readonly DiagnosticDescriptor StateOfNoEvent = Warning(
        "ESEF6002", "A state's method takes a type that is not an event",
        "'{0}' takes '{1}', which is not marked [Event] and is not a base of any event: the method is never called");

    public static readonly DiagnosticDescriptor LostInSnapshot = Error(
        "ESEF6003", "A snapshot would lose part of the state",
        "'{0}' would be lost in a snapshot: give it a public getter and a public setter or init, mark it [JsonInclude], "
            + "or leave it out with [JsonIgnore]");

    /// <summary>Whether the diagnostic is about generated serializers. It doesn't apply to a type that another serializer stores.</summary>
    public static bool IsOfSerialization(this DiagnosticDescriptor descriptor)
        => descriptor.Id.StartsWith("ESEF2", StringComparison.Ordinal) || descriptor == LostInSnapshot;

    private static DiagnosticDescriptor Error(string id, string title, string message)
        => Make(id, title, message, DiagnosticSeverity.Error);

    private static DiagnosticDescriptor Warning(string id, string title, string message)
        => Make(id, title, message, DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Info(string id, string title, string message)
        => Make(id, title, message, DiagnosticSeverity.Info);

    private static DiagnosticDescriptor Make(
        string id, string title, string message, DiagnosticSeverity severity, params string[] tags) => new(
        id, title, message, Category, severity, isEnabledByDefault: true,
        helpLinkUri: HelpLinks.Of(id), customTags: tags);
}
