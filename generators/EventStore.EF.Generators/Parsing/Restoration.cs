using EventStore.EF.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Finds the state of a type, including that of its base classes, that would be lost when it is read: no stored member, bound constructor
/// parameter or <c>[JsonInclude]</c> restores it, and the constructor doesn't set it to the same value again.
/// </summary>
internal sealed class Restoration(
    ParseContext context, INamedTypeSymbol type, IMethodSymbol? constructor, IReadOnlyList<Member> members, HashSet<ISymbol> bound)
{
    private readonly Assignments _assignments = new(context.Compilation, type, constructor);

    /// <summary>Reports each member that would be lost.</summary>
    public void Check()
    {
        // The framework's few types with members (KeyValuePair, Tuple) are restored by their constructors.
        if (type.ContainingNamespace.IsSystem() && type.FirstLocation() is null)
            return;
        foreach (var declaring in type.Hierarchy())
        {
            if (Assignments.HasSource(declaring, context.Compilation))
                CheckSource(declaring);
            else if (MetadataState.Find(declaring, context.Compilation, IsRestored) is { } lost)
                Report(declaring, lost);
        }

        CheckDefaults();
        CheckChanges();
    }

    private void CheckSource(INamedTypeSymbol declaring)
    {
        foreach (var field in declaring.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.IsStatic || field.IsConst || field.AssociatedSymbol is IEventSymbol)
                continue;
            var state = field.AssociatedSymbol ?? field;
            if (IsRestored(state))
            {
                if (field.AssociatedSymbol is not null && JsonAttributes.Ignore(state) is null)
                    ForeignAttributes.Check(context, field, isSelected: true);
                continue;
            }

            if (IsReproduced(state))
                continue;
            if (ForeignAttributes.Check(context, state, isSelected: false) || ForeignAttributes.Check(context, field, isSelected: false))
                continue;
            context.Report(Descriptors.LostMember, state, context.Place(state), Reason(state));
        }
    }

    /// <summary>Whether reading gives the member its stored value, or the user decided that it has none.</summary>
    private bool IsRestored(ISymbol state)
    {
        if (JsonAttributes.Ignore(state) is "Always" or "WhenReading" or "WhenWriting")
            return true;
        foreach (var member in members)
        {
            if (member.Symbol.Equals(state, SymbolEqualityComparer.Default) || IsOverriddenBy(state, member.Symbol))
                return member.IsIgnored || IsRestored(member);
        }

        return false;
    }

    private bool IsRestored(Member member) => MemberAccess.IsWritten(member)
        && (bound.Contains(member.Symbol) || MemberAccess.IsSet(member) || member.IsExtensionData || MemberAccess.IsPopulated(member));

    /// <summary>Whether the state needs no restoring: a restored property shows it, or it is made again when it is needed.</summary>
    private bool IsReproduced(ISymbol state)
    {
        if (_assignments.IsReproduced(state))
            return true;
        return state is IFieldSymbol field && members.Any(member => (member.IsIgnored || IsRestored(member))
            && member.Symbol is IPropertySymbol property
            && _assignments.Shows(property, field, mustAssign: !bound.Contains(property)));
    }

    private static bool IsOverriddenBy(ISymbol state, ISymbol member)
    {
        for (var other = (member as IPropertySymbol)?.OverriddenProperty; other is not null; other = other.OverriddenProperty)
        {
            if (other.Equals(state, SymbolEqualityComparer.Default)
                || other.OriginalDefinition.Equals(state.OriginalDefinition, SymbolEqualityComparer.Default))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A value that is left out when it is the default must not be read as something else.</summary>
    private void CheckDefaults()
    {
        foreach (var member in members)
        {
            if (member.Ignore is not ("WhenWritingDefault" or "WhenWritingNull") || !context.IsOwn(member.Symbol))
                continue;
            var parameter = constructor?.Parameters.FirstOrDefault(parameter => ObjectParser.IsBound(member, parameter));
            var isOther = parameter is null
                ? _assignments.HasOtherInitializer(member.Symbol)
                : parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: { } value } && !IsDefault(value);
            if (isOther)
            {
                context.Report(
                    Descriptors.LostMember, member.Symbol, context.Place(member.Symbol),
                    $"[JsonIgnore(Condition = {member.Ignore})] leaves out its default, and it is then read as the value it is "
                        + "initialized with; remove one of the two");
            }
        }
    }

    /// <summary>A value that is read must not become a different one: not by the constructor, nor by what it is added to.</summary>
    private void CheckChanges()
    {
        foreach (var member in members)
        {
            if (member.IsIgnored || !context.IsOwn(member.Symbol) || !MemberAccess.IsWritten(member))
                continue;
            var parameter = constructor?.Parameters.FirstOrDefault(parameter => ObjectParser.IsBound(member, parameter));
            var reason = parameter is not null && _assignments.Changes(member.Symbol, parameter)
                ? "the constructor makes another value of the one it gets, each time the event is read; store the value as it is, or "
                    + "give the parameter another name than the member and store both"
                : parameter is null && MemberAccess.IsPopulated(member)
                    && member.Type is INamedTypeSymbol collection && Collections.Find(collection) is not null
                    && _assignments.HasInitialElements(member.Symbol)
                    ? "what is read is added to the elements it is initialized with; let it begin empty, or remove "
                        + "[JsonObjectCreationHandling]"
                    : null;
            if (reason is not null)
                context.Report(Descriptors.LostMember, member.Symbol, context.Place(member.Symbol), reason);
        }
    }

    private static bool IsDefault(object value) => value switch
    {
        bool flag => !flag,
        char c => c == '\0',
        string => false,
        IConvertible number => Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture) == 0,
        _ => false,
    };

    private void Report(INamedTypeSymbol declaring, string lost)
    {
        if (context.IsOwn(type))
        {
            context.Report(
                Descriptors.LostMember, type, context.Place(type),
                $"its base '{declaring.Display()}' has '{lost}', which can't be restored; write a converter and register it with "
                    + "[assembly: EventConverter(typeof(…))], or don't derive from it");
            return;
        }

        context.ReportForeign(type);
    }

    private static string Reason(ISymbol state)
    {
        const string LeaveOut = "or leave it out with [JsonIgnore]";
        return state switch
        {
            IPropertySymbol { ExplicitInterfaceImplementations.IsEmpty: false }
                => $"an explicitly implemented property isn't stored; make it public, {LeaveOut}",
            IPropertySymbol { DeclaredAccessibility: not Accessibility.Public }
                => $"it isn't public, so it isn't stored; mark it [JsonInclude], {LeaveOut}",
            IPropertySymbol { GetMethod: not { DeclaredAccessibility: Accessibility.Public } }
                => $"its getter isn't public, so it isn't stored; mark it [JsonInclude], {LeaveOut}",
            IPropertySymbol { SetMethod: null }
                => $"nothing sets it; give it init, or a constructor parameter of the same name and type, {LeaveOut}",
            IPropertySymbol { SetMethod.DeclaredAccessibility: not Accessibility.Public }
                => $"its setter isn't public; make it init, mark the property [JsonInclude], {LeaveOut}",
            IPropertySymbol => $"another member hides it; rename one of them, {LeaveOut}",
            IFieldSymbol { DeclaredAccessibility: Accessibility.Public, IsReadOnly: true }
                => $"fields aren't stored; make it a property with init, {LeaveOut}",
            IFieldSymbol { IsReadOnly: true }
                => $"no stored member restores it; make it a property with init, or a constructor parameter of the same name as a public "
                    + $"property that returns it, {LeaveOut}",
            _ => $"fields aren't stored; mark it [JsonInclude], make it a property, {LeaveOut}",
        };
    }
}
