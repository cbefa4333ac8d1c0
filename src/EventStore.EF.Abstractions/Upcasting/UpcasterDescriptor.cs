using System.ComponentModel;

namespace EventStore.EF;

/// <summary>Describes an upcaster from one type to another.</summary>
public sealed class UpcasterDescriptor
{
    private UpcasterDescriptor(Type from, Type? to)
    {
        ArgumentNullException.ThrowIfNull(from);
        From = from;
        To = to;
    }

    /// <summary>The stored type.</summary>
    public Type From { get; }

    /// <summary>The type that it is read as; <see langword="null"/> if it is read as several events, or none.</summary>
    public Type? To { get; }

    internal Func<object, object>? One { get; private init; }

    internal Func<object, IEnumerable<object>>? Several { get; private init; }

    /// <summary>Describes an upcaster, or a chain of them; generated code calls this.</summary>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public static UpcasterDescriptor ToOne(Type from, Type to, Func<object, object> upcast)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(upcast);
        return new(from, to) { One = upcast };
    }

    /// <summary>Describes a splitting upcaster; generated code calls this.</summary>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public static UpcasterDescriptor ToSeveral(Type from, Func<object, IEnumerable<object>> upcast)
    {
        ArgumentNullException.ThrowIfNull(upcast);
        return new(from, null) { Several = upcast };
    }
}
