"""Who stands at the kiosk: a face among those expected now, or a pass. Frames are looked at and dropped."""
