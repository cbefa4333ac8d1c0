using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Parses a member: its type, the access to it, and its attributes.</summary>
internal sealed class MemberParser(ParseContext context, ShapeParser shapes, AccessorParser accessors, IMethodSymbol? constructor)
{
    private readonly bool _requiredMatters = constructor?.SetsRequiredMembers() != true;

    /// <param name="member">The member.</param>
    /// <param name="isBound">Whether a parameter of the constructor sets it.</param>
    /// <returns>The model, or null if the member is left out or refused.</returns>
    public MemberModel? Parse(Member member, bool isBound)
    {
        var symbol = member.Symbol;
        var isRequired = member.Json("JsonRequiredAttribute") is not null || (_requiredMatters && IsRequired(symbol));
        if (member.IsIgnored)
            return Ignored(member, isBound, isRequired);
        if (Refusal(member, isBound) is { } problem)
        {
            context.Report(Descriptors.NotSerializable, symbol, context.Place(symbol), problem);
            return null;
        }

        var include = member.Json("JsonIncludeAttribute") is not null;
        var get = Get(symbol, include);
        var set = context.IsWriting || (isBound && !isRequired) ? Access.None : Set(symbol, include);
        if (context.IsWriting)
            isRequired = false;
        if (isRequired && !isBound && set.Kind == AccessKind.None)
        {
            context.Report(
                Descriptors.NotSerializable, symbol, context.Place(symbol),
                "it is required but can't be set; give it a public setter or init");
            return null;
        }

        var isRead = isBound || set.Kind != AccessKind.None || MemberAccess.IsPopulated(member);
        var converter = member.IsPlain ? null : Converters.OfMember(symbol, member.Type, context);
        if (converter is not null)
            context.Inside(symbol, () => shapes.AddNeeds(converter, member.Type, symbol));
        var value = converter is null
            ? context.Inside(symbol, () => Value(member, isRead))
            : (Converters.StoresNames(symbol, member.Type) ? shapes.NamedEnum(member.Type) : null)
                ?? new(member.Type.Code(), ValueKind.Metadata);
        if (value is null)
            return null;
        if (context.IsAdvising)
            Advise(member, value, isComputed: !isRead && get.Kind != AccessKind.None);
        return Model(member, value, get, set, isRequired, converter);
    }

    /// <summary>A member that nothing sets is only written, so its type needs no constructor.</summary>
    private ValueModel? Value(Member member, bool isRead) => isRead || context.IsWriting
        ? shapes.Value(member.Type, member.Symbol)
        : context.OnlyWritten(parser => parser.Value(member.Type, member.Symbol));

    /// <summary>Reports advice about a member.</summary>
    private void Advise(Member member, ValueModel value, bool isComputed)
    {
        var symbol = member.Symbol;
        if (!isComputed && (value.Inner ?? value).Kind == ValueKind.Enum)
            context.Report(Descriptors.EnumAsNumber, symbol, context.Place(symbol), member.Type.Underlying().Display());
        if (!context.IsOwn(symbol) || context.IsWriting)
            return;
        if (isComputed)
            context.Report(Descriptors.ComputedMember, symbol, context.Place(symbol));
    }

    /// <summary>System.Text.Json knows an ignored member only if a constructor parameter takes its default from it.</summary>
    private MemberModel? Ignored(Member member, bool isBound, bool isRequired)
    {
        if (isRequired)
        {
            context.Report(
                Descriptors.NotSerializable,
                member.Symbol,
                context.Place(member.Symbol),
                "it is required but marked [JsonIgnore], so it could never be read");
        }

        return isBound
            ? Model(member, new(member.Type.Code(), ValueKind.Metadata), Access.None, Access.None, isRequired: false, converter: null)
            : null;
    }

    private static MemberModel Model(
        Member member, ValueModel value, Access get, Access set, bool isRequired, UsedConverter? converter) => new(
        member.Symbol.Name,
        member.Symbol.ContainingType.Code(),
        value,
        member.JsonName,
        member.HasExplicitName,
        get,
        set,
        isRequired,
        member.IsPlain ? 0 : JsonAttributes.Order(member.Symbol),
        member.Ignore,
        converter?.Expression,
        member.IsPlain ? Handling.None : JsonAttributes.Handling(member.Symbol),
        member.Symbol.IsStored(),
        member.IsExtensionData,
        converter?.Symbol is { } symbol && !symbol.ContainingNamespace.IsSystem());

    private string? Refusal(Member member, bool isBound)
    {
        if (!member.IsPlain)
        {
            if (JsonAttributes.Unsupported(member.Symbol) is { } attribute)
                return JsonAttributes.Advice(attribute);
            if (Handlings.Problem(member, isBound, constructor) is { } problem)
                return problem;
            if (UnsupportedTypes.IsObsoleteError(member.Symbol))
                return "it is obsolete and using it is an error; leave it out with [JsonIgnore]";
        }

        if (member.Symbol is IPropertySymbol { ReturnsByRef: true } or IPropertySymbol { ReturnsByRefReadonly: true })
            return "a property that returns a reference can't be stored; leave it out with [JsonIgnore]";
        var canBeNull = !member.Type.IsValueType || member.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return member.Ignore is "WhenWritingNull" && !canBeNull
            ? "it can't be null, so [JsonIgnore(Condition = WhenWritingNull)] is invalid; use WhenWritingDefault"
            : null;
    }

    private Access Get(ISymbol symbol, bool include) => symbol switch
    {
        IFieldSymbol field => Reach(field),
        IPropertySymbol { GetMethod: { } getter } => Reach(getter, include),
        _ => Access.None,
    };

    private Access Set(ISymbol symbol, bool include) => symbol switch
    {
        IFieldSymbol { IsReadOnly: true } or IFieldSymbol { IsConst: true } => Access.None,
        IFieldSymbol field => Reach(field),
        IPropertySymbol { SetMethod: { IsInitOnly: true } setter } when include || setter.DeclaredAccessibility == Accessibility.Public
            => new(AccessKind.Accessor, accessors.Method(setter)),
        IPropertySymbol { SetMethod: { } setter } => Reach(setter, include),
        _ => Access.None,
    };

    private Access Reach(IFieldSymbol field)
        => IsReachable(field) ? Access.Direct : new(AccessKind.FieldAccessor, accessors.Field(field));

    private Access Reach(IMethodSymbol accessor, bool include)
    {
        if (accessor.DeclaredAccessibility != Accessibility.Public && !include)
            return Access.None;
        return IsReachable(accessor) ? Access.Direct : new(AccessKind.Accessor, accessors.Method(accessor));
    }

    private bool IsReachable(ISymbol symbol) => symbol.IsAccessible(context.Compilation);

    private static bool IsRequired(ISymbol symbol) => symbol is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };
}
